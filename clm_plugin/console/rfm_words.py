"""RFM in words: names, what to do with each, and what happened between two dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from clm_plugin.conf import settings
from clm_plugin.console.wording import money, percent, whole
from clm_plugin.money import exponent
from clm_plugin.segments import api as segments

if TYPE_CHECKING:
    from clm_plugin.segments.api import Matrix

ADVICE = {
    "champions": gettext_noop("Bought lately, often and for much. Thank them, show news first."),
    "loyal": gettext_noop("Come back regularly. Offer the next better thing, ask for reviews."),
    "potential-loyalists": gettext_noop("Recent, and more than once. A club or bundle binds them."),
    "new-customers": gettext_noop("A first purchase just now, small so far. Help them start well."),
    "promising": gettext_noop("A first purchase not long ago. Win the second order soon."),
    "need-attention": gettext_noop("Average and cooling. Remind them of what they liked."),
    "about-to-sleep": gettext_noop("Little, and a while ago. A good moment for a nudge."),
    "at-risk": gettext_noop("Used to buy often, now silent. Ask why, win them back in person."),
    "cant-lose-them": gettext_noop("Among the best once, long silent. Call before it is too late."),
    "hibernating": gettext_noop("Long ago, little. Only cheap channels, popular products."),
    "lost": gettext_noop("The longest silence, the least spend. Let them go gently."),
}
_NOT_YET = gettext_noop("Had not bought yet")


def rfm_label(key: str) -> str:
    """The name in the reader's language; for ``NOT_YET`` what it means."""
    return _(segments.RFM_NAMES.get(key, _NOT_YET if key == segments.NOT_YET else key))


def rough(minor: int) -> str:
    """An amount without its small change, for narrow fields."""
    currency = str(settings.CURRENCY)
    digits = exponent(currency)
    text = money(round(minor / 10**digits) * 10**digits, currency)
    tail = get_format("DECIMAL_SEPARATOR") + "0" * digits
    return text.removesuffix(tail) if digits else text


def cut_offs() -> list[tuple[str, list[str]]]:
    """The fixed cut-offs of small stores in words: score 1 to 5 of each letter."""
    r, f, m = segments.RECENCY_DAYS, segments.FREQUENCY_ORDERS, segments.MONEY_ORDERS
    return [
        (_("Recency"), [
            _("longer ago"), *(_("within %(n)s days") % {"n": n} for n in reversed(r)),
        ]),
        (_("Frequency"), [
            _("one order"), *(_("%(n)s orders or more") % {"n": n} for n in f),
        ]),
        (_("Money"), [
            _("less"),
            *(ngettext("spend of %(n)s mean order", "spend of %(n)s mean orders", n) % {"n": n}
              for n in m),
        ]),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a matrix says, in sentences."""

    headline: str
    lines: tuple[str, ...]


def summary(matrix: Matrix) -> Summary:
    """Who stayed, rose and fell, and the moves that count most."""
    rank = {key: place for place, key in enumerate(segments.RFM_NAMES)}
    up = down = same = fresh = 0
    moves: list[tuple[int, str, str]] = []
    for (old, new), number in matrix.counts.items():
        if old == segments.NOT_YET:
            fresh += number
        elif old == new:
            same += number
        else:
            moves.append((number, old, new))
            if rank[new] < rank[old]:
                up += number
            else:
                down += number
    known = up + down + same
    headline = _(
        "Of %(known)s buyers, %(same)s kept their name, %(up)s rose and %(down)s fell;"
        " %(fresh)s bought for the first time."
    ) % {
        "known": whole(known), "same": whole(same), "up": whole(up), "down": whole(down),
        "fresh": whole(fresh),
    }  # fmt: skip
    moves.sort(key=lambda move: (-move[0], rank[move[1]], rank[move[2]]))
    lost = [move for move in moves if rank[move[2]] > rank[move[1]]]
    won = [move for move in moves if rank[move[2]] < rank[move[1]]]
    lines = [_line(matrix, *move, fell=True) for move in lost[:3]]
    lines += [_line(matrix, *move, fell=False) for move in won[:3]]
    return Summary(headline=headline, lines=tuple(lines))


def _line(matrix: Matrix, number: int, old: str, new: str, *, fell: bool) -> str:
    words = {
        "n": whole(number), "old": rfm_label(old), "new": rfm_label(new),
        "share": percent(matrix.share(old, new)),
    }  # fmt: skip
    if fell:
        return _("▼ %(n)s went from “%(old)s” to “%(new)s”: %(share)s of them.") % words
    return _("▲ %(n)s went from “%(old)s” to “%(new)s”: %(share)s of them.") % words
