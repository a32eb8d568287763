"""Groups in plain language, and why somebody is in or out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from clm_plugin.segments.data import NO_LABELS, Condition, Explanation, Group, Labels, Subject
from clm_plugin.segments.phrases import joined
from clm_plugin.segments.rules import holds

if TYPE_CHECKING:
    from datetime import datetime


def sentence(node: Group | Condition, labels: Labels = NO_LABELS) -> str:
    """The group as a sentence: ``People who have ordered at least 2 times and …``. Translated."""
    return _("People who %(what)s.") % {"what": phrase(node, labels)}


def phrase(node: Group | Condition, labels: Labels = NO_LABELS) -> str:
    """What follows "people who"."""
    if not isinstance(node, Group):
        return node.sentence(labels)
    if not node.members:
        return _("are nobody at all") if node.kind == "any" else _("are known to the shop")
    parts = [_inner(member, labels) for member in node.members]
    if node.kind == "none":
        return _("match none of these: %(what)s") % {"what": "; ".join(parts)}
    return joined(parts, _("and") if node.kind == "all" else _("or"))


def explain(
    node: Group | Condition, subject: Subject, now: datetime, labels: Labels = NO_LABELS
) -> Explanation:
    """The tree of the group with each member's answer and this person's own value."""
    if not isinstance(node, Group):
        return Explanation(
            kind=node.kind,
            sentence=node.sentence(labels),
            holds=node.holds(subject, now),
            why=node.why(subject, now, labels),
            condition=node,
        )
    return Explanation(
        kind=node.kind,
        sentence=phrase(node, labels),
        holds=holds(node, subject, now),
        members=tuple(explain(member, subject, now, labels) for member in node.members),
    )


def _inner(member: Group | Condition, labels: Labels) -> str:
    text = phrase(member, labels)
    return f"({text})" if isinstance(member, Group) and len(member.members) > 1 else text
