"""The door of insights."""

from clm_plugin.insights.board_data import (
    Contacts,
    DropOff,
    Earnings,
    Mark,
    Metric,
    Sums,
    Tallied,
)
from clm_plugin.insights.board_queries import (
    anybody,
    daily_heads,
    earned,
    flag_counts,
    marks,
    set_mark,
    sums_of,
    tallied,
)
from clm_plugin.insights.counting import NIGHTS, local_day, recount, refresh
from clm_plugin.insights.credit_days import (
    CreditSums,
    count_credit,
    credit_days,
    credit_lives,
    credit_sums,
    first_credit_day,
)
from clm_plugin.insights.credit_models import CreditDay
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
from clm_plugin.insights.metrics import METRICS, drops, goes_on, stage_metrics
from clm_plugin.insights.people import DOINGS, among, doers, movers
from clm_plugin.insights.periods import LONGEST, Period, between, bounds, last_days
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
from clm_plugin.insights.queries import campaign_numbers, refusals
from clm_plugin.insights.rules import HELD_OUT, NOT_ELIGIBLE, add_up, drop_offs, stage_figures
from clm_plugin.insights.segment_counts import segment_flows

__all__ = [
    "DOINGS", "HELD_OUT", "LIST_LIMIT", "LONGEST", "METRICS", "NIGHTS", "NOT_ELIGIBLE",
    "TIMELINE_PAGE", "CampaignNumbers", "Contacts", "CreditDay", "CreditSums", "Cursor", "DropOff", "Earnings",
    "Flow", "Happening", "Mark", "Metric", "Period", "Reason", "StageFigure", "Sums", "Tallied",
    "TimelinePage", "Total", "add_up", "among", "anybody", "between", "bounds", "campaign_numbers",
    "consents", "count_credit", "credit_days", "credit_lives", "credit_sums", "credits_of",
    "daily_heads", "deliveries", "doers", "drop_offs", "drops", "earned", "first_credit_day",
    "flag_counts", "goes_on", "identifiers", "last_days", "local_day", "marks", "movers", "profile",
    "receipts", "recount", "refresh", "refusals", "segment_flows", "set_mark", "stage_figures",
    "stage_history", "stage_metrics", "sums_of", "tallied", "timeline",
]  # fmt: skip
