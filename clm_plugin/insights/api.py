"""The door of insights."""

from clm_plugin.insights.data import (
    CampaignNumbers,
    Cursor,
    Flow,
    Happening,
    Reason,
    StageFigure,
    TimelinePage,
    Total,
)
from clm_plugin.insights.persons import (
    LIST_LIMIT,
    TIMELINE_PAGE,
    consents,
    credits_of,
    deliveries,
    identifiers,
    profile,
    receipts,
    stage_history,
    timeline,
)
from clm_plugin.insights.queries import campaign_numbers, refusals, stage_counts, stage_flows
from clm_plugin.insights.rules import HELD_OUT, NOT_ELIGIBLE, add_up, stage_figures

__all__ = [
    "HELD_OUT",
    "LIST_LIMIT",
    "NOT_ELIGIBLE",
    "TIMELINE_PAGE",
    "CampaignNumbers",
    "Cursor",
    "Flow",
    "Happening",
    "Reason",
    "StageFigure",
    "TimelinePage",
    "Total",
    "add_up",
    "campaign_numbers",
    "consents",
    "credits_of",
    "deliveries",
    "identifiers",
    "profile",
    "receipts",
    "refusals",
    "stage_counts",
    "stage_figures",
    "stage_flows",
    "stage_history",
    "timeline",
]
