"""All tables of the plugin, floor by floor."""

from clm_plugin.adapters.segment.models import Cart, WriteKey
from clm_plugin.attribution.models import ChannelSpend, Credit, Touch
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
from clm_plugin.insights.models import (
    Benchmark,
    ContactDay,
    MetricDay,
    StageDay,
    StageFlow,
    Tally,
)
from clm_plugin.lifecycle.models import (
    CurrentModel,
    LifecycleModel,
    PurchaseGap,
    Restaging,
    StageChange,
    Standing,
)
from clm_plugin.messages.models import Delivery, MailClick, Suppression
from clm_plugin.privacy.models import ConsentText, Erasure
from clm_plugin.profiles.erased_models import Erased
from clm_plugin.profiles.models import (
    CategoryFact,
    Consent,
    Facts,
    Identifier,
    ItemFact,
    KeptApart,
    LifeEvent,
    LifeEventKind,
    MergeRecord,
    OrderFact,
    Prediction,
    ProductFact,
    Profile,
    TraitDefinition,
    TraitValue,
)
from clm_plugin.recommendations.models import CoPurchase
from clm_plugin.segments.authoring import Segment
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
from clm_plugin.surveys.models import Survey

__all__ = [
    "Benchmark",
    "Campaign",
    "Cart",
    "CategoryFact",
    "ChannelSpend",
    "CoPurchase",
    "CompiledPlan",
    "CompiledSegment",
    "Consent",
    "ConsentText",
    "ContactDay",
    "Credit",
    "CurrentModel",
    "Cursor",
    "DeadLetter",
    "Delivery",
    "Enrolment",
    "Erased",
    "Erasure",
    "Evaluation",
    "Event",
    "EventKey",
    "Facts",
    "Heartbeat",
    "Identifier",
    "Impression",
    "ItemFact",
    "KeptApart",
    "LifeEvent",
    "LifeEventKind",
    "LifecycleModel",
    "MailClick",
    "Membership",
    "MembershipChange",
    "MergeRecord",
    "MetricDay",
    "MicroSegment",
    "OrderFact",
    "PlanSet",
    "Prediction",
    "ProductFact",
    "Profile",
    "PurchaseGap",
    "QueuedEvent",
    "Receipt",
    "Restaging",
    "RfmScore",
    "Segment",
    "SegmentSet",
    "Shard",
    "StageChange",
    "StageDay",
    "StageFlow",
    "Standing",
    "StaticMember",
    "Suppression",
    "Survey",
    "Tally",
    "Touch",
    "TraitDefinition",
    "TraitValue",
    "WriteKey",
]
