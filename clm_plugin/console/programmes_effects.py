"""What publishing a programme would change: on a screen of its own, and beside the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import quote
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from clm_plugin import clock
from clm_plugin.console.guard import SEE_PROGRAMMES, Guarded, may
from clm_plugin.console.wording import money, percent, whole
from clm_plugin.exceptions import ClmError
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.api import AuthoredProgramme as Programme

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from clm_plugin.wallet.api import Outcome

REASONS = {
    "gift_card": _("gift cards left out"),
    "excluded": _("products or categories left out"),
    "discounted": _("reduced lines left out"),
    "min_order": _("order too small"),
    "cap_order": _("cut to the most for one order"),
    "cap_period": _("cut to the most in a period"),
    "cap_customer": _("cut to the most for one customer"),
    "budget": _("budget used up"),
    "too_late": _("could not be spent any more"),
}


def effects_url(programme: Programme) -> str:
    return reverse("clm_programmes:effects", args=(quote(programme.pk),))


def draft_of(programme: Programme) -> Programme:
    """The programme as it would be published: its latest draft."""
    draft = programme.get_latest_revision_as_object() if programme.latest_revision else programme
    assert isinstance(draft, Programme)
    return draft


def told(programme: Programme) -> dict[str, Any]:
    """All that the screen shows of a draft; ``troubles`` where it cannot be published as it is."""
    wrong = [text for _field, text in wallet.programme_troubles(programme)]
    if wrong:
        return {"troubles": wrong}
    try:
        plan = wallet.compile_programme(programme)
    except ClmError as error:  # an amount that no rule of the form foresees
        return {"troubles": [str(error)]}
    live = wallet.programme(programme.key)
    if live is not None and live.withdrawn:
        live = None
    found = wallet.effects(plan, live, now=clock.now())
    names = wallet.names_for([plan, live] if live else [plan])
    differences = wallet.differences(live, plan, names)
    return {
        "is_new": live is None,
        "show_live": found.live is not None and bool(differences),
        "differences": differences,
        "effects": found,
        "days": wallet.EFFECT_DAYS,
        "most": wallet.MOST_ORDERS,
        "rows": _rows(found.draft, found.live, plan.currency),
        "weeks": _weeks(found.draft, plan.currency),
        "highest": money(max(found.draft.weeks, default=0), plan.currency),
        "reasons": [
            (REASONS[code], count)
            for code, count in found.draft.left_out.most_common()
            if code in REASONS
        ],
        "outstanding": money(found.outstanding_minor, plan.currency),
        "budget": "" if plan.budget_minor is None else money(plan.budget_minor, plan.currency),
    }


def _rows(draft: Outcome, live: Outcome | None, currency: str) -> list[dict[str, str]]:
    """The figures side by side: what it would be, and what it is with the live version."""

    def amount(minor: int | None) -> str:
        return gettext("without end") if minor is None else money(minor, currency)

    def row(label: str, read: Any, note: str = "") -> dict[str, str]:
        return {
            "label": label,
            "draft": read(draft),
            "live": read(live) if live is not None else "",
            "note": note,
        }

    def share(one: Outcome) -> str:
        part = percent(one.earning / one.orders) if one.orders else "–"
        return f"{whole(one.earning)} ({part})"

    return [
        row(gettext("Orders that earn"), share),
        row(gettext("Issued for orders"), lambda one: amount(one.issued_minor)),
        row(
            gettext("Taken back with refunds"),
            lambda one: amount(one.back_minor),
            gettext("by the refunds that these orders had"),
        ),
        row(
            gettext("Issued for events"),
            lambda one: amount(one.rewards_minor),
            gettext("at the most: as if nobody had had it before"),
        ),
        row(gettext("Issued in a week, on average"), lambda one: amount(one.per_week_minor)),
        row(
            gettext("Liability at worst"),
            lambda one: amount(one.worst_minor),
            gettext("if nobody spent any before it expires"),
        ),
    ]


def _weeks(draft: Outcome, currency: str) -> list[dict[str, Any]]:
    most = max(draft.weeks, default=0) or 1
    last = len(draft.weeks)
    return [
        {
            "ago": last - number,
            "amount": money(minor, currency),
            "height": round(minor * 60 / most, 1),
            "top": round(60 - minor * 60 / most, 1),
            "x": number * 20,
        }
        for number, minor in enumerate(draft.weeks)
    ]


def preview(request: HttpRequest, programme: Programme) -> HttpResponse:
    """The page of the editor's side panel."""
    allowed = getattr(request, "user", None) is not None and may(request, *SEE_PROGRAMMES)
    profile = getattr(getattr(request, "user", None), "wagtail_userprofile", None)
    context: dict[str, Any] = {
        "programme": programme,
        "allowed": allowed,
        "theme": str(getattr(profile, "theme", "system")),
    }
    if allowed:
        context |= told(programme)
    return render(request, "clm_plugin/console/programme_preview.html", context)


class EffectsView(Guarded, WagtailAdminTemplateMixin, TemplateView):
    """What publishing the latest draft would change, to be read before the publish button."""

    permission = SEE_PROGRAMMES
    header_icon = "clm-credit"
    template_name = "clm_plugin/console/programme_effects.html"

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.programme: Programme = get_object_or_404(Programme, pk=kwargs["pk"])

    def get_page_title(self) -> str:
        return str(_("What would change: %(name)s") % {"name": self.programme})

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        edit = reverse("clm_programmes:edit", args=(quote(self.programme.pk),))
        return [
            *self.breadcrumbs_items,
            {"url": reverse("clm_programmes:list"), "label": _("Programmes")},
            {"url": edit, "label": self.programme},
            {"url": "", "label": _("What would change")},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            programme=self.programme,
            edit_url=reverse("clm_programmes:edit", args=(quote(self.programme.pk),)),
            **told(draft_of(self.programme)),
            **kwargs,
        )
