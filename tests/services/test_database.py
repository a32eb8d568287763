"""The test database has what a fresh installation has, and keeps it through a flush."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Permission
from wagtail.models import Collection, Locale, Page, Site

if TYPE_CHECKING:
    from tests.services.workers import StartWorker


def _assert_baseline() -> None:
    assert Locale.objects.filter(language_code="en").exists()
    assert Site.objects.get(is_default_site=True).root_page.depth == 2
    assert Collection.get_first_root_node() is not None
    assert Permission.objects.filter(codename="access_admin").exists()
    assert Page.objects.filter(depth=1).count() == 1


@pytest.mark.django_db
def test_wagtail_has_its_rows() -> None:
    _assert_baseline()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_rows_come_back_after_a_flush(turn: int) -> None:
    """Each turn ends with a flush, so the second one, in whichever order, sees the repair."""
    _assert_baseline()
    Page.objects.filter(depth=2).update(title=f"Changed {turn}")


@pytest.mark.slow
def test_a_worker_answers_and_dies(celery_worker_process: StartWorker) -> None:
    from demo_shop.celery import app

    worker = celery_worker_process()
    assert len(app.control.ping(timeout=10, limit=1)) == 1
    worker.kill()
    assert worker.process.poll() is not None
