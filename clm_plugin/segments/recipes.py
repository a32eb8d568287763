"""Ready-made segments: drafts of groups that most shops ask for first."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from clm_plugin.lifecycle.api import current_model
from clm_plugin.segments.authoring import Segment
from clm_plugin.segments.queries import micro_counts

Rule = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a segment starts from; rules are (block type, value) pairs."""

    key: str
    name: str
    description: str
    rules: tuple[Rule, ...]
    todo: str = ""
    """What has to be filled in before it can be published."""


def ready_made() -> tuple[Recipe, ...]:
    """Six segments in the active language; two queries."""
    model = current_model()
    silent = [stage.key for stage in model.stages if stage.loss]
    best = [stage.key for stage in model.stages if not stage.loss][-1:]
    return (
        Recipe(
            key="bought-once-silent",
            name=_("Bought once, silent for a gap"),
            description=_("One order, and longer ago than customers usually wait. A second order"
                          " makes the difference between a buyer and a customer."),
            rules=(("number", {"figure": "orders", "at_least": 1, "at_most": 1}),
                   ("stage", {"stages": silent})),
        ),
        Recipe(
            key="big-spenders-at-risk",
            name=_("Big spenders at risk"),
            description=_("Used to buy often and for much, and have gone quiet. Worth a personal"
                          " word and a good offer."),
            rules=(("rfm", {"names": ["at-risk", "cant-lose-them"], "m_min": 4}),),
        ),
        Recipe(
            key="full-basket-no-order",
            name=_("Full basket, no order"),
            description=_("More than 50 in the basket and no order for three days: nearly there."),
            rules=(("basket", {"min_items": 1, "min_amount": Decimal(50)}),
                   ("did_not", {"type": "order.placed", "within_days": 3})),
        ),
        _bought_a_never_b(),
        Recipe(
            key="curious-no-order",
            name=_("Curious, but no order"),
            description=_("Looked at five products or more in two weeks, has never ordered and may"
                          " be written to."),
            rules=(("did", {"type": "product.viewed", "at_least": 5, "within_days": 14}),
                   ("number", {"figure": "orders", "at_least": None, "at_most": 0}),
                   ("consent", {"purpose": "marketing:mail", "state": "granted"})),
        ),
        Recipe(
            key="best-without-mail",
            name=_("Best customers without mail"),
            description=_("At the far end of the lifecycle, but never asked about mail. Ask them on"
                          " the page."),
            rules=(("stage", {"stages": best}),
                   ("consent", {"purpose": "marketing:mail", "state": "never"})),
        ),
    )  # fmt: skip


def _bought_a_never_b() -> Recipe:
    """With the two categories that most buyers favour, where there are two."""
    top = [micro.category_id for micro in micro_counts(limit=2)]
    first, second = (top[:1], top[1:]) if len(top) == 2 else ([], [])
    return Recipe(
        key="bought-a-never-b",
        name=_("Bought A, never B"),
        description=_("Know one category and not the other: the classic cross-sale. Begins with the"
                      " two favourites of your customers; choose your own."),
        rules=(("bought_not", {"categories": first, "not_categories": second}),),
        todo="" if first else _("Choose the two categories first."),
    )  # fmt: skip


def install_segment(recipe: Recipe) -> Segment | None:
    """Make a draft of a recipe; None when a segment with its key is there already."""
    if Segment.objects.filter(key=recipe.key).exists():
        return None
    segment = Segment(key=recipe.key, name=recipe.name, description=recipe.description, live=False)
    segment.rules = list(recipe.rules)
    segment.save()
    segment.save_revision()
    return segment
