"""Every kind of condition, in an explicit tuple: a new kind is one file and one line."""

from __future__ import annotations

from clm_plugin.segments.conditions.basket import Basket
from clm_plugin.segments.conditions.bought import Bought
from clm_plugin.segments.conditions.bought_not import BoughtNot
from clm_plugin.segments.conditions.channel import Channel
from clm_plugin.segments.conditions.consent import HasConsent
from clm_plugin.segments.conditions.country import Country
from clm_plugin.segments.conditions.credit import StoreCredit
from clm_plugin.segments.conditions.event import DidEvent, Property
from clm_plugin.segments.conditions.favourite import Favourite
from clm_plugin.segments.conditions.figure import Figure
from clm_plugin.segments.conditions.flag import Flagged
from clm_plugin.segments.conditions.language import Language
from clm_plugin.segments.conditions.life_event import HasLifeEvent
from clm_plugin.segments.conditions.prediction import Predicted
from clm_plugin.segments.conditions.rfm import Rfm
from clm_plugin.segments.conditions.segment import InSegment
from clm_plugin.segments.conditions.stage import InStage
from clm_plugin.segments.conditions.survey import AnsweredSurvey
from clm_plugin.segments.conditions.trait import HasTrait
from clm_plugin.segments.conditions.utm import Utm
from clm_plugin.segments.conditions.viewed_not_bought import ViewedNotBought
from clm_plugin.segments.data import Condition

KINDS: tuple[type[Condition], ...] = (
    InStage,
    DidEvent,
    HasTrait,
    Rfm,
    Figure,
    Bought,
    BoughtNot,
    ViewedNotBought,
    Basket,
    Channel,
    Utm,
    HasConsent,
    Language,
    Country,
    Predicted,
    AnsweredSurvey,
    InSegment,
    HasLifeEvent,
    Favourite,
    Flagged,
    StoreCredit,
)

__all__ = [
    "KINDS",
    "AnsweredSurvey",
    "Basket",
    "Bought",
    "BoughtNot",
    "Channel",
    "Country",
    "DidEvent",
    "Favourite",
    "Figure",
    "Flagged",
    "HasConsent",
    "HasLifeEvent",
    "HasTrait",
    "InSegment",
    "InStage",
    "Language",
    "Predicted",
    "Property",
    "Rfm",
    "StoreCredit",
    "Utm",
    "ViewedNotBought",
]
