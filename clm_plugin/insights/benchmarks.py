"""Benchmarks that ship: rough figures that the trade quotes, by stage of the default model.

Only what has a source is here; for the other stages a shop enters its own. They are orientation,
not targets: what others count as a basket, or as a customer, differs.
"""

from __future__ import annotations

from clm_plugin.insights.board_data import Mark


def gettext_noop(text: str) -> str:
    """Mark a text for translation where it is shown."""
    return text


SHIPPED: dict[str, Mark] = {
    "convert": Mark(
        share=0.3,
        source=gettext_noop(
            "Rough figure: about 70 per cent of baskets are left"
            " (Baymard Institute, mean of 50 studies)"
        ),
    ),
    "nurture": Mark(
        share=0.25,
        source=gettext_noop(
            "Rough figure: the trade often quotes repeat rates of 20 to 30 per cent"
        ),
    ),
}
