"""The kinds of widget, one a file. To add one: write its file and name it here.

``credit`` is none of a campaign's: the slot of that name is filled for whoever holds store credit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from clm_plugin.widgets.kinds import bundle, credit, popup, survey

if TYPE_CHECKING:
    from clm_plugin.widgets.data import Refusal, Request


class Kind(Protocol):
    """A kind of widget: ``name`` is its step's kind; ``render`` gives safe HTML or refuses."""

    name: str

    def render(self, request: Request, /) -> str | Refusal: ...


__all__ = ["KINDS", "Kind", "credit"]

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (popup.Popup(), bundle.Bundle(), survey.Survey())
}
