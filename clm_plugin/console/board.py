"""The board: the whole lifecycle as one picture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from clm_plugin import clock
from clm_plugin.console.drawing import Drawing, draw
from clm_plugin.console.guard import SEE_CAMPAIGNS, SEE_PEOPLE, Guarded, GuardedViewSet, may
from clm_plugin.console.wording import stage_label
from clm_plugin.insights.api import (
    CampaignNumbers,
    Flow,
    StageFigure,
    Total,
    add_up,
    campaign_numbers,
    stage_counts,
    stage_figures,
    stage_flows,
)
from clm_plugin.lifecycle.api import DEFAULT_MODEL, STAGES, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from clm_plugin.campaigns.models import Campaign

WINDOW = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    stage: Stage
    figure: StageFigure
    newcomers: int
    is_loss: bool
    url: str

    @property
    def verdict(self) -> str:
        """Whether the change is good news: more people at risk are not."""
        if not self.figure.change:
            return "same"
        return "good" if (self.figure.change > 0) != self.is_loss else "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A live campaign and the stages it is for, one truth value a column."""

    name: str
    kind: str
    url: str
    covers: tuple[bool, ...]
    stages: str
    numbers: CampaignNumbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    profiles: int
    newcomers: int
    orders: int
    revenue: tuple[Total, ...]
    margin: tuple[Total, ...]
    contacts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    cards: tuple[Card, ...]
    drawing: Drawing
    lanes: tuple[Lane, ...]
    headline: Headline
    flows: tuple[tuple[str, str, int], ...]
    """The table beside the picture: from, to, moves."""


LOSS = frozenset({"at-risk", "lapsed"})


def build_board(
    counts: Mapping[str, int],
    flows: Sequence[Flow],
    numbers: Mapping[str, CampaignNumbers],
    campaigns: Iterable[Campaign],
) -> Board:
    """All that the board shows, from what was read; no further query."""
    figures = stage_figures(counts, flows, [stage.key for stage in DEFAULT_MODEL])
    people = reverse("clm_customers:index")
    newcomers = {flow.target: flow.moves for flow in flows if not flow.source}
    cards = tuple(
        Card(
            stage=stage,
            figure=figure,
            newcomers=newcomers.get(stage.key, 0),
            is_loss=stage.key in LOSS,
            url=f"{people}?stage={stage.key}",
        )
        for stage, figure in zip(DEFAULT_MODEL, figures, strict=True)
    )
    return Board(
        cards=cards,
        drawing=draw(flows, [stage.key for stage in DEFAULT_MODEL], LOSS),
        lanes=tuple(_lane(campaign, numbers) for campaign in campaigns),
        headline=_headline(cards, numbers.values()),
        flows=tuple(
            (
                stage_label(f.source),
                stage_label(f.target),
                f.moves,
            )
            for f in flows
            if f.target in STAGES
        ),
    )


def _lane(campaign: Campaign, numbers: Mapping[str, CampaignNumbers]) -> Lane:
    wanted = {
        stage
        for block in campaign.audience or ()
        if block.block_type == "stages"
        for stage in block.value["stages"]
    }
    covers = tuple(not wanted or stage.key in wanted for stage in DEFAULT_MODEL)
    names = [
        stage_label(stage.key) for stage, hit in zip(DEFAULT_MODEL, covers, strict=True) if hit
    ]
    return Lane(
        name=campaign.name,
        kind=campaign.steps[-1].block_type if campaign.steps else "",
        url=reverse(campaign.snippet_viewset.get_url_name("numbers"), args=(campaign.pk,)),
        covers=covers,
        stages=", ".join(names) if wanted else str(_("Everybody")),
        numbers=numbers.get(campaign.key, CampaignNumbers(campaign=campaign.key)),
    )


def _headline(cards: Sequence[Card], numbers: Iterable[CampaignNumbers]) -> Headline:
    rows = list(numbers)
    return Headline(
        profiles=sum(card.figure.now for card in cards),
        newcomers=sum(card.newcomers for card in cards),
        orders=sum(row.orders for row in rows),
        revenue=add_up(total for row in rows for total in row.revenue),
        margin=add_up(total for row in rows for total in row.margin),
        contacts=sum(row.delivered for row in rows),
    )


class BoardView(Guarded, WagtailAdminTemplateMixin, TemplateView):
    permission = SEE_PEOPLE
    page_title = _("Lifecycle board")
    header_icon = "clm-lifecycle"
    template_name = "clm_plugin/console/board.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        from clm_plugin.campaigns.models import Campaign

        since = clock.now() - WINDOW
        campaigns = list(Campaign.objects.filter(live=True))
        board = build_board(stage_counts(), stage_flows(since), campaign_numbers(since), campaigns)
        return super().get_context_data(
            board=board,
            days=WINDOW.days,
            sees_campaigns=may(self.request, *SEE_CAMPAIGNS),
            **kwargs,
        )


class BoardViewSet(GuardedViewSet):
    name = "clm_board"
    url_prefix = "lifecycle/board"
    permission = SEE_PEOPLE
    icon = "clm-lifecycle"
    menu_label = _("Board")
    menu_name = "clm-board"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", BoardView.as_view(), name="index")]
