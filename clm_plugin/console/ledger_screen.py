"""What the screens of store credit have in common: their guard, their trail, their tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from clm_plugin import clock
from clm_plugin.console.guard import (
    APPROVE_CREDIT,
    GIVE_CREDIT,
    SEE_BOOKS,
    SEE_CREDIT,
    Guarded,
    may,
)
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from django.http import HttpRequest

HANDS = (GIVE_CREDIT, APPROVE_CREDIT)


class Screen(Guarded, WagtailAdminTemplateMixin):
    """Base of the screens of store credit."""

    header_icon = "clm-wallet"
    tab = ""
    kwargs: dict[str, Any]

    def trail(self) -> list[dict[str, Any]]:
        """What stands between the overview and this screen."""
        return []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        index = {"url": reverse("clm_ledger:index"), "label": _("Store credit")}
        here = {"url": "", "label": self.get_page_title()}
        return [*self.breadcrumbs_items, index, *self.trail(), here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        view: Any = self
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {"tabs": tabs(view.request, self.tab), "now": clock.now(), **context}


def tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """The screens that somebody may open, with how many requests wait for her."""
    waits = wallet.waiting(now=clock.now()).count() if may(request, *HANDS) else 0
    every = (
        ("overview", gettext("Overview"), "clm_ledger:index", (SEE_BOOKS, SEE_CREDIT), 0),
        ("transactions", gettext("Transactions"), "clm_ledger:transactions", (SEE_CREDIT,), 0),
        ("liability", gettext("Liability"), "clm_ledger:liability", (SEE_BOOKS,), 0),
        ("requests", gettext("By hand"), "clm_ledger:requests", HANDS, waits),
    )
    return [
        {"label": label, "url": reverse(name), "current": key == current, "count": count}
        for key, label, name, permissions, count in every
        if may(request, *permissions)
    ]
