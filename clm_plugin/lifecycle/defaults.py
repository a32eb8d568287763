"""The built-in model of eight stages, and well-known models of the trade to start from. Pure.

Every text is in English and marked for translation; it is translated where it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from clm_plugin.lifecycle.data import Entry, Model, Stage

DEFAULT_KEY = "default"
INTENT = timedelta(days=30)
"""How long a basket counts as an intent to buy."""
ENGAGED_VIEWS = 3
"""Product views from which an unknown visitor counts as won for a closer look."""
LOYAL_ORDERS = 5


def gettext_noop(text: str) -> str:
    """Mark a text for translation where it is shown: rules know no framework and no language."""
    return text


_FOUND = ("search", "ads", "social", "affiliates")
_REACH = Stage(
    key="reach",
    label=gettext_noop("Reach"),
    order=1,
    goal=gettext_noop("Known by name"),
    metric="visitors",
    channels=_FOUND,
)
_ACQUIRE = Stage(
    key="acquire",
    label=gettext_noop("Acquire"),
    order=2,
    goal=gettext_noop("Basket"),
    metric="conversion",
    channels=("site", "mail", "ads"),
    entry=Entry(engaged_views=ENGAGED_VIEWS),
)

DEFAULT = Model(
    key=DEFAULT_KEY,
    version=0,
    name=gettext_noop("Eight stages"),
    stages=(
        _REACH,
        _ACQUIRE,
        Stage(
            key="convert",
            label=gettext_noop("Convert"),
            order=3,
            goal=gettext_noop("First order"),
            metric="conversion",
            channels=("site", "mail"),
            entry=Entry(basket_within=INTENT),
        ),
        Stage(
            key="nurture",
            label=gettext_noop("Nurture"),
            order=4,
            goal=gettext_noop("Second order"),
            metric="second_order",
            channels=("mail", "site"),
            entry=Entry(min_orders=1),
        ),
        Stage(
            key="retain",
            label=gettext_noop("Retain"),
            order=5,
            goal=gettext_noop("Regular orders"),
            metric="retention",
            channels=("mail", "site", "service"),
            entry=Entry(min_orders=2),
        ),
        Stage(
            key="loyal",
            label=gettext_noop("Loyal"),
            order=6,
            goal=gettext_noop("Recommends us"),
            metric="frequency",
            channels=("mail", "service"),
            entry=Entry(min_orders=LOYAL_ORDERS),
        ),
        Stage(
            key="at-risk",
            label=gettext_noop("At risk"),
            order=7,
            goal=gettext_noop("Comes back"),
            loss=True,
            metric="retention",
            channels=("mail", "push"),
            entry=Entry(min_orders=1, silent_gaps=1.0),
        ),
        Stage(
            key="lapsed",
            label=gettext_noop("Lapsed"),
            order=8,
            goal=gettext_noop("Won back"),
            loss=True,
            metric="retention",
            channels=("mail", "ads"),
            entry=Entry(min_orders=1, silent_gaps=3.0),
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A model to start from; ``about`` says whose it is and what it is good for."""

    model: Model
    about: str


def _model(key: str, name: str, *stages: Stage) -> Model:
    return Model(key=key, version=0, name=name, stages=stages)


_THREE = _model(
    "three",
    gettext_noop("Acquire, convert, retain"),
    Stage(
        key="acquire",
        label=gettext_noop("Acquire"),
        order=1,
        goal=gettext_noop("Basket"),
        metric="visitors",
        channels=_FOUND,
    ),
    Stage(
        key="convert",
        label=gettext_noop("Convert"),
        order=2,
        goal=gettext_noop("First order"),
        metric="conversion",
        channels=("site", "mail"),
        entry=Entry(basket_within=INTENT, max_orders=0),
    ),
    Stage(
        key="retain",
        label=gettext_noop("Retain"),
        order=3,
        goal=gettext_noop("Regular orders"),
        metric="retention",
        channels=("mail", "service"),
        entry=Entry(min_orders=1),
    ),
)
_FOUR = _model(
    "race",
    gettext_noop("RACE: reach, act, convert, engage"),
    _REACH,
    Stage(
        key="act",
        label=gettext_noop("Act"),
        order=2,
        goal=gettext_noop("Basket"),
        metric="conversion",
        channels=("site", "mail"),
        entry=Entry(engaged_views=ENGAGED_VIEWS),
    ),
    Stage(
        key="convert",
        label=gettext_noop("Convert"),
        order=3,
        goal=gettext_noop("First order"),
        metric="conversion",
        channels=("site", "mail"),
        entry=Entry(basket_within=INTENT, max_orders=0),
    ),
    Stage(
        key="engage",
        label=gettext_noop("Engage"),
        order=4,
        goal=gettext_noop("Regular orders"),
        metric="frequency",
        channels=("mail", "social", "service"),
        entry=Entry(min_orders=1),
    ),
)
_FIVE = _model(
    "five",
    gettext_noop("Reach, acquisition, conversion, retention, loyalty"),
    _REACH,
    Stage(
        key="acquisition",
        label=gettext_noop("Acquisition"),
        order=2,
        goal=gettext_noop("Basket"),
        metric="conversion",
        channels=("site", "mail", "ads"),
        entry=Entry(engaged_views=ENGAGED_VIEWS),
    ),
    Stage(
        key="conversion",
        label=gettext_noop("Conversion"),
        order=3,
        goal=gettext_noop("Second order"),
        metric="second_order",
        channels=("site", "mail"),
        entry=Entry(min_orders=1),
    ),
    Stage(
        key="retention",
        label=gettext_noop("Retention"),
        order=4,
        goal=gettext_noop("Regular orders"),
        metric="retention",
        channels=("mail", "site", "service"),
        entry=Entry(min_orders=2),
    ),
    Stage(
        key="loyalty",
        label=gettext_noop("Loyalty"),
        order=5,
        goal=gettext_noop("Recommends us"),
        metric="frequency",
        channels=("mail", "service"),
        entry=Entry(min_orders=LOYAL_ORDERS),
    ),
)

TEMPLATES: tuple[Template, ...] = (
    Template(
        model=DEFAULT,
        about=gettext_noop(
            "The default: from the first visit to regular orders, and two stages for those who fall"
            " silent. For most shops."
        ),
    ),
    Template(
        model=_THREE,
        about=gettext_noop(
            "The shortest model of the trade: win visitors, sell to them, keep them. For a young"
            " shop. Whoever falls silent stays in the last stage."
        ),
    ),
    Template(
        model=_FOUR,
        about=gettext_noop(
            "The planning model of Smart Insights (2010). For teams whose plans follow it. Whoever"
            " falls silent stays in the last stage."
        ),
    ),
    Template(
        model=_FIVE,
        about=gettext_noop(
            "The customer life cycle of Sterne and Cutler (E-Metrics, 2000), told by orders."
            " Whoever falls silent stays in the stage reached."
        ),
    ),
)
