"""The one Django app of the plugin: nothing but wiring."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured
from django.db.models.signals import post_delete, post_migrate
from django.utils.translation import gettext_lazy as _


class ClmPluginConfig(AppConfig):
    name = "clm_plugin"
    verbose_name = _("Customer lifecycle")
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        try:
            super().import_models()
        except RuntimeError as error:  # "… isn't in an application in INSTALLED_APPS"
            raise ImproperlyConfigured(
                "clm_plugin needs more apps; put clm_plugin.INSTALLED_APPS into INSTALLED_APPS"
                f" (the README shows the line). Django says: {error}"
            ) from error

    def ready(self) -> None:
        from clm_plugin import checks, jobs  # noqa: F401  (checks register themselves)
        from clm_plugin.events.api import on_stored

        post_migrate.connect(make_rows, sender=self)
        if jobs.wake not in on_stored:
            on_stored.append(jobs.wake)
        self._watch_campaigns()
        self._watch_segments()
        self._watch_lifecycle()
        self._watch_offers()
        self._watch_programmes()
        self._watch_erasures()
        self._connect_shop()

    def _watch_campaigns(self) -> None:
        from wagtail.signals import published, unpublished

        from clm_plugin.campaigns.authoring import Campaign, previewers
        from clm_plugin.messages import api as messages
        from clm_plugin.surveys.authoring import Survey
        from clm_plugin.surveys.authoring import previewers as surveys
        from clm_plugin.widgets import api as widgets

        published.connect(on_published, sender=Campaign)
        unpublished.connect(on_withdrawn, sender=Campaign)
        post_delete.connect(on_withdrawn, sender=Campaign)
        previewers.update(
            mail=messages.preview,
            popup=widgets.preview_popup,
            bundle=widgets.preview_bundle,
            survey=widgets.preview_survey_step,
        )
        surveys.update(page=widgets.preview_survey, mail=messages.preview_answer)
        published.connect(on_survey_published, sender=Survey)

    def _watch_segments(self) -> None:
        from wagtail.signals import published, unpublished

        from clm_plugin.console.api import preview_segment, segment_choices
        from clm_plugin.segments.authoring import PREVIEW, Segment, previewers
        from clm_plugin.segments.blocks.choices import sources

        published.connect(on_segment_published, sender=Segment)
        unpublished.connect(on_segment_withdrawn, sender=Segment)
        post_delete.connect(on_segment_deleted, sender=Segment)
        previewers[PREVIEW] = preview_segment
        sources.update(segment_choices())

    def _watch_lifecycle(self) -> None:
        from wagtail.signals import published, unpublished

        from clm_plugin.console.api import preview_lifecycle
        from clm_plugin.lifecycle.authoring import PICTURE, LifecycleModel, previewers

        published.connect(on_model_published, sender=LifecycleModel)
        unpublished.connect(on_model_withdrawn, sender=LifecycleModel)
        post_delete.connect(on_model_withdrawn, sender=LifecycleModel)
        previewers[PICTURE] = preview_lifecycle

    def _watch_offers(self) -> None:
        from wagtail.signals import published, unpublished

        from clm_plugin.offers.authoring import PREVIEW, Offer, previewers
        from clm_plugin.offers.views import preview

        published.connect(on_offer_published, sender=Offer)
        unpublished.connect(on_offer_withdrawn, sender=Offer)
        post_delete.connect(on_offer_deleted, sender=Offer)
        previewers[PREVIEW] = preview

    def _watch_programmes(self) -> None:
        from wagtail.signals import published, unpublished

        from clm_plugin.console.api import preview_programme
        from clm_plugin.surveys.api import survey_names
        from clm_plugin.wallet.api import announce, hear
        from clm_plugin.wallet.authoring import PREVIEW, Programme, previewers
        from clm_plugin.wallet.blocks import sources

        hear(announce)
        published.connect(on_programme_published, sender=Programme)
        unpublished.connect(on_programme_withdrawn, sender=Programme)
        post_delete.connect(on_programme_withdrawn, sender=Programme)
        previewers[PREVIEW] = preview_programme
        sources["surveys"] = lambda: sorted(survey_names().items())

    def _watch_erasures(self) -> None:
        from clm_plugin.signals import person_erased

        person_erased.connect(on_person_erased, dispatch_uid="clm.audit.scrub")

    def _connect_shop(self) -> None:
        from clm_plugin.shop.api import ShopError, get_shop

        try:
            shop = get_shop()
        except ShopError:
            return  # the system check clm.E002 explains it; a crash here would hide the check
        shop.connect()


def make_rows(using: str, **_: Any) -> None:
    """The fixed rows: queue shards and the one plan-set row. Idempotent."""
    from clm_plugin.events.api import SHARDS
    from clm_plugin.models import PlanSet, Shard

    shards = [Shard(id=number) for number in range(SHARDS)]
    Shard.objects.using(using).bulk_create(shards, ignore_conflicts=True)
    PlanSet.objects.using(using).bulk_create([PlanSet(id=1)], ignore_conflicts=True)


def on_published(instance: Any, **_: Any) -> None:
    """A campaign went live (by hand, workflow or schedule): compile it."""
    from clm_plugin import clock
    from clm_plugin.campaigns.api import publish_plan

    if instance.live:  # one that is only scheduled waits for its time
        publish_plan(instance, now=clock.now())


def on_withdrawn(instance: Any, **_: Any) -> None:
    from clm_plugin.campaigns.api import withdraw_plan

    withdraw_plan(instance.key)


def on_survey_published(instance: Any, **_: Any) -> None:
    """The campaigns that ask a survey ask it as it is now."""
    from clm_plugin import clock
    from clm_plugin.campaigns.api import recompile_asking

    recompile_asking(instance.key, now=clock.now())


def on_segment_published(instance: Any, **_: Any) -> None:
    """A segment went live: compile it; who is in is worked out in the background."""
    from clm_plugin import clock
    from clm_plugin.segments.compile import publish_segment

    if instance.live:  # one that is only scheduled waits for its time
        publish_segment(instance, now=clock.now())


def on_segment_withdrawn(instance: Any, **_: Any) -> None:
    """By hand, by schedule or by a workflow: there may be nobody to warn but the log."""
    from clm_plugin import clock
    from clm_plugin.campaigns.api import tell_stranded
    from clm_plugin.segments.publishing import withdraw

    withdraw(instance.key, now=clock.now())
    tell_stranded()


def on_segment_deleted(instance: Any, **_: Any) -> None:
    from clm_plugin.segments.publishing import drop_list

    on_segment_withdrawn(instance)
    drop_list(instance.key)


def on_offer_published(instance: Any, **_: Any) -> None:
    """An offer went live: compile it."""
    from clm_plugin import clock
    from clm_plugin.offers.api import publish_offer

    if instance.live:  # one that is only scheduled waits for its time
        publish_offer(instance, now=clock.now())


def on_offer_withdrawn(instance: Any, **_: Any) -> None:
    from clm_plugin.offers.api import withdraw_offer

    withdraw_offer(instance.key)


def on_offer_deleted(instance: Any, **_: Any) -> None:
    from clm_plugin.offers.api import forget_counters

    on_offer_withdrawn(instance)
    forget_counters(instance.key)


def on_programme_published(instance: Any, **_: Any) -> None:
    """A programme went live: compile it; one that is only scheduled waits for its time."""
    from clm_plugin import clock
    from clm_plugin.wallet.compile import publish_programme

    if instance.live:
        publish_programme(instance, now=clock.now())


def on_programme_withdrawn(instance: Any, **_: Any) -> None:
    from clm_plugin import clock
    from clm_plugin.wallet.publishing import withdraw

    withdraw(instance.key, now=clock.now())


def on_person_erased(person: Any, **_: Any) -> None:
    """Wagtail's audit log keeps what was done, without who it was done to."""
    from clm_plugin.console.api import scrub_audit

    scrub_audit(person=person)


def on_model_published(instance: Any, **_: Any) -> None:
    """A lifecycle model goes into use; one that is only scheduled waits for its time."""
    from clm_plugin import clock
    from clm_plugin.campaigns.api import tell_stranded
    from clm_plugin.lifecycle.api import publish_model

    if instance.live:
        publish_model(instance, now=clock.now())
        tell_stranded()


def on_model_withdrawn(instance: Any, **_: Any) -> None:
    from clm_plugin import clock
    from clm_plugin.campaigns.api import tell_stranded
    from clm_plugin.lifecycle.api import withdraw_model

    withdraw_model(str(instance.pk), now=clock.now())
    tell_stranded()
