"""The group "Lifecycle" in Wagtail's menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSetGroup

from clm_plugin.console.board import BoardViewSet
from clm_plugin.console.campaigns import CampaignViewSet
from clm_plugin.console.customers import CustomersViewSet
from clm_plugin.console.dead_letters import DeadLettersViewSet
from clm_plugin.console.health import HealthViewSet
from clm_plugin.console.identity_merges import MergesViewSet
from clm_plugin.console.imports import ImportsViewSet
from clm_plugin.console.ledger import LedgerViewSet
from clm_plugin.console.life_events import LifeEventViewSet
from clm_plugin.console.lifecycle_models import LifecycleModelViewSet
from clm_plugin.console.offers import OfferViewSet
from clm_plugin.console.privacy import PrivacyViewSet
from clm_plugin.console.programmes import ProgrammeViewSet
from clm_plugin.console.receipts import ReceiptsViewSet
from clm_plugin.console.rfm import RfmViewSet
from clm_plugin.console.segments import SegmentViewSet
from clm_plugin.console.surveys import SurveyViewSet
from clm_plugin.console.traits import TraitViewSet
from clm_plugin.console.write_keys import WriteKeysViewSet


class LifecycleGroup(ViewSetGroup):
    menu_label = _("Lifecycle")
    menu_name = "clm-lifecycle"
    menu_icon = "clm-lifecycle"
    menu_order = 150
    items = (
        BoardViewSet, CustomersViewSet, SegmentViewSet, RfmViewSet, CampaignViewSet,
        ProgrammeViewSet, LedgerViewSet, OfferViewSet, SurveyViewSet, LifecycleModelViewSet,
        TraitViewSet, LifeEventViewSet, MergesViewSet,
        ImportsViewSet, ReceiptsViewSet, DeadLettersViewSet, WriteKeysViewSet, PrivacyViewSet,
        HealthViewSet,
    )  # fmt: skip
