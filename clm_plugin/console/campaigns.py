"""Campaigns: the list with live numbers, the editor, and what one campaign came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import quote
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column, StatusTagColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.models import Revision, WorkflowState
from wagtail.snippets.views.snippets import EditView, IndexView, SnippetViewSet

from clm_plugin import clock
from clm_plugin.campaigns.models import Campaign
from clm_plugin.console.board import WINDOW
from clm_plugin.console.customers import FigureColumn
from clm_plugin.console.explain import title_of
from clm_plugin.console.guard import SEE_CAMPAIGNS, SEE_RECEIPTS, Guarded, may
from clm_plugin.console.listing import ListingSet
from clm_plugin.console.wording import money, whole
from clm_plugin.insights.api import (
    CampaignNumbers,
    campaign_numbers,
    last_days,
    local_day,
    refusals,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from clm_plugin.insights.api import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStep:
    """A step of the funnel; ``lost`` are those who did not come from the step before."""

    label: str
    count: int
    share: float
    """Of the first step, 0 to 1."""
    lost: int
    note: str = ""

    @property
    def width(self) -> float:
        """Per cent of the drawing's width; a step with anybody in it stays visible."""
        return max(self.share * 100, 0.4) if self.count else 0.0


def funnel(numbers: CampaignNumbers) -> list[FunnelStep]:
    """From all decisions to credited orders."""
    steps: list[tuple[Any, int, Any]] = [
        (_("Decisions"), numbers.decided, _("every time the campaign was considered")),
        (_("Eligible"), numbers.eligible, _("meant for this person, at this moment")),
        (_("Not held out"), numbers.eligible - numbers.held_out,
         _("the rest is kept back to measure by")),
        (_("Yes"), numbers.yes, _("no guardrail spoke against it")),
        (_("Sent or seen"), numbers.delivered, _("mails that left, widgets that were in view")),
        (_("Clicked"), numbers.clicked, _("opens and impressions never count")),
        (_("Orders"), numbers.orders, _("credited to the last click before them")),
    ]  # fmt: skip
    most = max((count for _label, count, _note in steps), default=0) or 1
    told = []
    before = steps[0][1]
    for label, count, note in steps:
        told.append(
            FunnelStep(
                label=str(label), count=count, share=min(count / most, 1.0),
                lost=max(before - count, 0), note=str(note),
            )
        )  # fmt: skip
        before = count
    return told


class CampaignIndexView(IndexView):
    """One query more for all numbers of the page, however many campaigns there are."""

    template_name = "clm_plugin/console/campaigns.html"

    def get_base_queryset(self) -> QuerySet[Campaign]:
        rows: QuerySet[Campaign] = super().get_base_queryset()
        return with_status(rows).select_related("latest_revision")

    @cached_property
    def numbers(self) -> dict[str, CampaignNumbers]:
        return campaign_numbers(last_days(WINDOW.days, local_day(clock.now())))

    @cached_property
    def columns(self) -> list[Any]:
        def column(name: str, label: Any, read: Any) -> Column:
            return FigureColumn(
                name, label=label, classname="clm-number",
                accessor=lambda campaign: read(
                    self.numbers.get(campaign.key, CampaignNumbers(campaign=campaign.key))
                ),
            )  # fmt: skip

        return [
            self._get_title_column("__str__"),
            StatusTagColumn(
                "status",
                label=_("Status"),
                accessor=status_of,
                sort_key="live",
                primary=lambda campaign: campaign.live,
            ),
            Column("trigger", label=_("Starts when"), accessor=trigger_label),
            column("eligible", _("Eligible"), lambda n: whole(n.eligible)),
            column("held_out", _("Held out"), lambda n: whole(n.held_out)),
            column("yes", _("Yes"), lambda n: whole(n.yes)),
            column("delivered", _("Sent or seen"), lambda n: whole(n.delivered)),
            column("clicked", _("Clicked"), lambda n: whole(n.clicked)),
            column("orders", _("Orders"), lambda n: whole(n.orders)),
            column("margin", _("Margin"), lambda n: totals(n.margin)),
        ]

    def get_list_more_buttons(self, instance: Campaign) -> list[Any]:
        return [
            *super().get_list_more_buttons(instance),
            Button(
                _("Results"), url=results_url(instance), icon_name="clm-pulse", priority=5
            ),
        ]  # fmt: skip


class CampaignEditView(EditView):
    def get_header_more_buttons(self) -> list[Any]:
        return [
            *super().get_header_more_buttons(),
            HeaderButton(
                label=_("Results"), url=results_url(self.object), icon_name="clm-pulse", priority=5
            ),
        ]


def with_status(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Reads along what ``status_of`` needs; Wagtail's own ``status_string`` asks for each row."""
    of = {
        "base_content_type": ContentType.objects.get_for_model(Campaign),
        "object_id": Cast(OuterRef("pk"), CharField()),
    }
    return campaigns.annotate(
        is_scheduled=Exists(Revision.objects.filter(approved_go_live_at__isnull=False, **of)),
        is_in_workflow=Exists(
            WorkflowState.objects.filter(status=WorkflowState.STATUS_IN_PROGRESS, **of)
        ),
    )


def status_of(campaign: Any) -> str:
    """The status of a campaign read by ``with_status``."""
    if campaign.is_scheduled:
        return str(_("live + scheduled") if campaign.live else _("scheduled"))
    if campaign.is_in_workflow:
        return str(_("live + in moderation") if campaign.live else _("in moderation"))
    if campaign.live:
        return str(_("live + draft") if campaign.has_unpublished_changes else _("live"))
    return str(_("expired") if campaign.expired else _("draft"))


def trigger_label(campaign: Campaign) -> str:
    """What starts the campaign, as its block is called."""
    return str(campaign.trigger[0].block.label) if campaign.trigger else "–"


def totals(amounts: Sequence[Any]) -> str:
    """Sums of several currencies in one line."""
    return " + ".join(money(total.minor, total.currency) for total in amounts) or "–"


def results_url(campaign: Campaign) -> str:
    return reverse(CampaignViewSet.namespace + ":numbers", args=(quote(campaign.pk),))


class CampaignResultsView(Guarded, WagtailAdminTemplateMixin, TemplateView):
    permission = SEE_CAMPAIGNS
    header_icon = "clm-pulse"
    template_name = "clm_plugin/console/campaign_results.html"

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.campaign: Campaign | None = None

    def get_page_title(self) -> str:
        return str(_("Results: %(name)s") % {"name": self.campaign})

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        assert self.campaign is not None
        names = CampaignViewSet.namespace
        edit = reverse(f"{names}:edit", args=(quote(self.campaign.pk),))
        return [
            *self.breadcrumbs_items,
            {"url": reverse(f"{names}:list"), "label": _("Campaigns")},
            {"url": edit, "label": str(self.campaign)},
            {"url": "", "label": _("Results")},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.campaign = campaign = get_object_or_404(Campaign, pk=kwargs["pk"])
        now = clock.now()
        since, period = now - WINDOW, last_days(WINDOW.days, local_day(now))
        numbers = campaign_numbers(period).get(campaign.key, CampaignNumbers(campaign=campaign.key))
        return super().get_context_data(
            campaign=campaign,
            numbers=numbers,
            funnel=funnel(numbers),
            reasons=told_reasons(refusals(campaign.key, since)),
            trigger=trigger_label(campaign),
            days=WINDOW.days,
            sees_receipts=may(self.request, SEE_RECEIPTS),
            **kwargs,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldReason:
    reason: Reason
    title: str
    share: float

    @property
    def width(self) -> float:
        return max(self.share * 100, 0.4)


def told_reasons(reasons: Sequence[Reason]) -> list[ToldReason]:
    """Reasons with their titles, and their share of the commonest."""
    most = max((reason.count for reason in reasons), default=0) or 1
    return [
        ToldReason(reason=reason, title=title_of(reason.rule), share=reason.count / most)
        for reason in reasons
    ]


class CampaignViewSet(ListingSet, SnippetViewSet):
    namespace = "clm_campaigns"
    model = Campaign
    icon = "clm-popup"
    menu_label = _("Campaigns")
    menu_name = "clm-campaigns"
    menu_item_is_registered = True
    admin_url_namespace = namespace
    base_url_path = "lifecycle/campaigns"
    index_view_class = CampaignIndexView
    edit_view_class = CampaignEditView
    index_template_name = "clm_plugin/console/campaigns.html"
    index_results_template_name = "clm_plugin/console/campaigns_results.html"
    search_fields = ["name", "key"]
    search_backend_name = None
    copy_view_enabled = True
    inspect_view_enabled = False
    list_per_page = 50

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("numbers/<int:pk>/", CampaignResultsView.as_view(), name="numbers"),
        ]
