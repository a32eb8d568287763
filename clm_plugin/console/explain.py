"""Receipts in plain words: what each rule means, with the inputs it looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clm_plugin.console.wording import moment, percent, stage_label

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """``title`` fits a table cell, ``sentence`` has the numbers, ``inputs`` is all looked at."""

    title: str
    sentence: str
    inputs: tuple[tuple[str, str], ...]


# rule -> (short title, sentence with the rule's own inputs)
WORDS: dict[str, tuple[_StrPromise | str, _StrPromise | str]] = {
    "all_rules_passed": (_("All rules passed"), _("Nothing spoke against it.")),
    "newcomer": (
        _("Newcomer"),
        _("Nothing is known of this visitor yet; only campaigns for everybody fit."),
    ),
    "stage": (
        _("Not in the audience: stage"),
        _("The person was in “%(stage)s”; the campaign is for “%(wanted)s”."),
    ),
    "orders": (
        _("Not in the audience: orders"),
        _("The person had %(orders)s orders; the campaign asks for at least %(at_least)s, "
          "at most %(at_most)s."),
    ),
    "answered": (
        _("Has answered"), _("The person answered “%(survey)s” and is left in peace for a while."),
    ),
    "no_offer": (
        _("The offer is not open"), _("The offer “%(offer)s” is not published, or has ended."),
    ),
    "no_survey": (
        _("No such question"), _("The survey “%(survey)s” is not published."),
    ),
    "segments": (
        _("Not in the audience: segments"),
        _("The person was in the segments “%(segments)s”."),
    ),
    "product_views": (
        _("Too few products viewed"),
        _("%(product_views)s products viewed; the campaign waits for %(at_least)s."),
    ),
    "basket_not_empty": (
        _("Basket not empty"),
        _("There were %(basket_items)s items in the basket, and the campaign is for empty ones."),
    ),
    "bought_recently": (
        _("Bought recently"),
        _("The last order was on %(last_order_at)s; the campaign leaves buyers alone for "
          "%(within_days)s days."),
    ),
    "no_address": (_("No e-mail address"), _("We have no address to write to.")),
    "no_consent": (
        _("No consent to mail"), _("The person has not agreed to marketing mail."),
    ),
    "holdout": (
        _("Held out of all campaigns"),
        _("The person belongs to the small group that gets no campaign at all, so that we can "
          "measure what campaigns earn."),
    ),
    "control_group": (
        _("Control group of this campaign"),
        _("Kept back (%(share)s of the audience) to measure what this campaign earns."),
    ),
    "met_recently": (
        _("Met this campaign recently"),
        _("Last time on %(last_at)s; at most once in %(once_in_days)s days."),
    ),
    "mail_cap": (
        _("Enough mail already"),
        _("%(mails_last_day)s mails in a day (at most %(per_day)s), %(mails_last_week)s in a week "
          "(at most %(per_week)s), %(spacing_hours)s hours apart."),
    ),
    "quiet_hours": (
        _("Quiet hours"), _("It was night where the person lives; held until %(until)s."),
    ),
    "dismissed_recently": (
        _("Closed a popup recently"),
        _("A popup was closed on %(dismissed_at)s; none for %(days)s days after that."),
    ),
    "overlay_this_session": (
        _("One popup a visit"), _("A popup was already shown during this visit."),
    ),
    "overlay_cap": (
        _("Shown often enough"), _("Shown %(shown)s times; %(cap)s is the most, ever."),
    ),
    "outbid": (
        _("Another campaign won the place"),
        _("Two campaigns wanted the same place; the one with the higher priority got it."),
    ),
    "too_late": (
        _("Too late"), _("It could not leave before %(send_by)s, and late it would only annoy."),
    ),
    "too_few_items": (
        _("Too few products to show"), _("There was not enough in stock that fits."),
    ),
    "not_available": (
        _("Product not available"), _("The product on the page cannot be bought right now."),
    ),
    "in_basket": (
        _("Already in the basket"), _("Everything it would have shown was in the basket already."),
    ),
    "bad_link": (
        _("Link not allowed"),
        _("The button leads to “%(link)s”, which is not a path of this shop."),
    ),
}  # fmt: skip

# why a mail that was decided on did not leave after all (messages: claims and sending)
MAIL_REASONS: dict[str, _StrPromise | str] = {
    "address_changed": _("the address changed meanwhile"),
    "basket_gone": _("the basket is gone"),
    "credit_gone": _("the store credit was spent, or has expired"),
    "no answer": _("the mail server fell silent; not repeated, it may have arrived"),
    "no_consent": _("consent was withdrawn"),
    "offer_gone": _("the offer was used, taken back, or has ended"),
    "no_offer": _("the offer it would have carried has ended"),
    "not an address": _("not an e-mail address"),
    "nothing_left": _("nothing in the basket can be bought any more"),
    "ordered": _("an order came first"),
    "profile_gone": _("the profile was erased"),
    "sending_off": _("sending is switched off"),
    "suppressed": _("the address unsubscribed, bounced or complained"),
    "too_late": _("too late to be of use"),
}

_LABELS = {
    "at_least": _("At least"), "at_most": _("At most"), "basket_items": _("Items in the basket"),
    "cap": _("Limit"), "days": _("Days"), "dismissed_at": _("Closed at"), "email": _("E-mail"),
    "found": _("Found"), "last_at": _("Last time"), "last_order_at": _("Last order"),
    "mail_consent": _("Consent to mail"), "mails_last_day": _("Mails in the last day"),
    "mails_last_week": _("Mails in the last week"), "once_in_days": _("Once in (days)"),
    "orders": _("Orders"), "per_day": _("Mails a day, at most"),
    "per_week": _("Mails a week, at most"), "product_views": _("Products viewed"),
    "share": _("Share"), "shown": _("Shown"), "spacing_hours": _("Hours between mails"),
    "stage": _("Stage"), "until": _("Until"), "send_by": _("Send by"), "wanted": _("Wanted"),
    "within_days": _("Within (days)"), "link": _("Link"), "product": _("Product"),
    "overlays_this_session": _("Popups this visit"),
}  # fmt: skip


def explain(rule: str, inputs: Mapping[str, Any] | None = None) -> Explanation:
    """What a receipt says. A rule unknown here (an extension's) speaks by its own name."""
    given = inputs if isinstance(inputs, Mapping) else {}
    shown = _Shown({key: _value(key, value) for key, value in given.items()})
    title, sentence = WORDS.get(rule, (_plain(rule), ""))
    told = str(sentence) % shown if given or "%(" not in str(sentence) else ""
    return Explanation(
        title=str(title),
        sentence=told,
        inputs=tuple((str(_LABELS.get(key) or _plain(key)), text) for key, text in shown.items()),
    )


def mail_reason(reason: str) -> str:
    """Why a mail did not leave, in words; the server's own words as they are."""
    return str(MAIL_REASONS.get(reason, reason))


def title_of(rule: str) -> str:
    """The short title of a rule."""
    return str(WORDS[rule][0]) if rule in WORDS else _plain(rule)


def _plain(name: str) -> str:
    return name.replace("_", " ").strip().capitalize()


class _Shown(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def _value(key: str, value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list | tuple):
        return ", ".join(_value(key, item) for item in value)
    if key in ("stage", "wanted") and isinstance(value, str):
        return stage_label(value)
    if key == "share" and isinstance(value, int | float):
        return percent(value)
    if isinstance(value, float):
        return f"{value:g}"
    if key.endswith("_at") or key in ("until", "send_by"):
        return _moment(value)
    return str(value)


def _moment(value: Any) -> str:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return moment(at) if at.tzinfo else str(value)
