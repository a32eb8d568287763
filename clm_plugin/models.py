"""All tables of the plugin, floor by floor."""

from clm_plugin.attribution.models import Credit, Touch
from clm_plugin.campaigns.models import (
    Campaign,
    CompiledPlan,
    Enrolment,
    Impression,
    PlanSet,
    Receipt,
)
from clm_plugin.events.models import Cursor, DeadLetter, Event, EventKey, QueuedEvent, Shard
from clm_plugin.health import Heartbeat
from clm_plugin.lifecycle.models import PurchaseGap, StageChange, Standing
from clm_plugin.messages.models import Delivery, MailClick, Suppression
from clm_plugin.profiles.models import (
    CategoryFact,
    Consent,
    Facts,
    Identifier,
    ItemFact,
    MergeRecord,
    OrderFact,
    Prediction,
    ProductFact,
    Profile,
    TraitValue,
)
from clm_plugin.recommendations.models import CoPurchase
from clm_plugin.segments.models import (
    CompiledSegment,
    Evaluation,
    Membership,
    MembershipChange,
    MicroSegment,
    RfmScore,
    SegmentSet,
    StaticMember,
)

__all__ = [
    "Campaign",
    "CategoryFact",
    "CoPurchase",
    "CompiledPlan",
    "CompiledSegment",
    "Consent",
    "Credit",
    "Cursor",
    "DeadLetter",
    "Delivery",
    "Enrolment",
    "Evaluation",
    "Event",
    "EventKey",
    "Facts",
    "Heartbeat",
    "Identifier",
    "Impression",
    "ItemFact",
    "MailClick",
    "Membership",
    "MembershipChange",
    "MergeRecord",
    "MicroSegment",
    "OrderFact",
    "PlanSet",
    "Prediction",
    "ProductFact",
    "Profile",
    "PurchaseGap",
    "QueuedEvent",
    "Receipt",
    "RfmScore",
    "SegmentSet",
    "Shard",
    "StageChange",
    "Standing",
    "StaticMember",
    "Suppression",
    "Touch",
    "TraitValue",
]
