"""What marketers gave a date goes live on it, or offline.

Wagtail leaves that to a command that a shop has to run (``publish_scheduled``). Ours are looked
after here, so that no campaign, offer or programme waits for a cron job that nobody made; a shop
that runs the command as well changes nothing.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from wagtail.models import DraftStateMixin, Revision

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.db.models import QuerySet

logger = logging.getLogger("clm_plugin")


def publish_scheduled(*, now: datetime) -> int:
    """Publish, and take offline, what is due of ours; returns how many.

    What cannot be done is told in the log, tried again the next time, and stops nothing else.
    """
    ours = apps.get_app_config("clm_plugin").get_models()
    authored = [model for model in ours if issubclass(model, DraftStateMixin)]
    types = ContentType.objects.get_for_models(*authored).values()
    due = Revision.objects.filter(content_type__in=types, approved_go_live_at__lt=now)
    done = _each(due.order_by("approved_go_live_at", "pk"), _publish)
    # After that: what had its whole time while no worker ran is not live until the next run.
    for model in authored:
        over: QuerySet[Any] = model._default_manager.filter(live=True, expire_at__lt=now)
        done += _each(over, _take_offline)
    return done


def _take_offline(row: Any) -> None:
    dates = dict(
        row.revisions.exclude(approved_go_live_at=None).values_list("pk", "approved_go_live_at")
    )
    row.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    # Wagtail forgets the date of what is to follow; only whoever unpublishes by hand means that.
    for pk, at in dates.items():
        Revision.objects.filter(pk=pk).update(approved_go_live_at=at)


def _publish(revision: Revision) -> None:
    if revision.approved_go_live_at > timezone.now():
        # The shop's clock is ahead of Django's (a demo, a rehearsal), and Wagtail asks Django's.
        revision.content["go_live_at"] = None
    revision.publish(log_action="wagtail.publish.scheduled")


def _each(rows: QuerySet[Any], act: Callable[[Any], None]) -> int:
    """Do it to each of these, in a transaction of its own, where it is still due then."""
    done = 0
    for pk in list(rows.values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                row = rows.select_for_update(skip_locked=True).filter(pk=pk).first()
                if row is not None:
                    act(row)
                    done += 1
        except Exception:
            logger.exception("clm: what was scheduled cannot be done: %s %s", rows.model, pk)
    return done
