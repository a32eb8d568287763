"""The test database has what a fresh installation has, and keeps it through a flush."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Permission
from django.core.management.color import no_style
from django.core.management.sql import sql_flush
from django.db import connection, transaction
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


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no table of locks")
@pytest.mark.django_db(transaction=True)
def test_the_server_has_locks_for_several_flushes_at_once() -> None:
    """Or a run dies of "out of shared memory" where two workers flush beside a migration."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in sql_flush(no_style(), connection):
            cursor.execute(statement)
        cursor.execute("SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()")
        (held,) = cursor.fetchone()
        cursor.execute(
            "SELECT current_setting('max_locks_per_transaction')::int"
            " * current_setting('max_connections')::int"
        )
        (room,) = cursor.fetchone()
        transaction.set_rollback(True)
    assert held > 1000, "a flush locks every table, index and sequence of the shop"
    assert 6 * held < room


@pytest.mark.slow
def test_a_worker_answers_and_dies(celery_worker_process: StartWorker) -> None:
    from demo_shop.celery import app

    worker = celery_worker_process()
    assert len(app.control.ping(timeout=10, limit=1)) == 1
    worker.kill()
    assert worker.process.poll() is not None
