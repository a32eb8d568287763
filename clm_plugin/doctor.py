"""The examination behind ``clm_doctor``: each finding says what is wrong and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING

from django.core import checks
from django.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from clm_plugin import health
from clm_plugin.campaigns.api import live_plans, plan_version, stranded
from clm_plugin.events.api import dead_letters, lag
from clm_plugin.messages.api import held_since, sender
from clm_plugin.privacy.api import missing
from clm_plugin.profiles.api import profiles
from clm_plugin.segments.api import broken_segments
from clm_plugin.shop.api import ShopError, get_shop
from clm_plugin.wallet.api import last_proof, waiting

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Finding:
    ok: bool
    what: str
    advice: str = ""


def examine(*, now: datetime) -> list[Finding]:
    """Look at everything. ``now``: the plugin's clock."""
    return [
        *_settings(),
        *_tables(),
        *_machinery(now),
        *_queue(now),
        *_privacy(),
        *_segments(),
        *_content(),
    ]


def _settings() -> Iterator[Finding]:
    problems = checks.run_checks(tags=["clm"])
    for problem in problems:
        yield Finding(False, f"{problem.id}: {problem.msg}", problem.hint or "")
    if not problems:
        yield Finding(True, "Settings, apps, URLs and shop adapter")


def _tables() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes("clm_plugin"))
    yield Finding(not plan, "Database tables are up to date", "Run manage.py migrate.")


def _machinery(now: datetime) -> Iterator[Finding]:
    report = health.report(now=timezone.now(), clock_now=now)
    advice = {
        "database": "The database does not answer; see DATABASES.",
        "broker": "The broker does not answer; see CELERY_BROKER_URL (redis:// needs pip install"
        ' "celery[redis]"), and import your Celery app in <project>/__init__.py, so that the web'
        " processes know it too.",
        "worker": "Start one: celery -A <project> worker; it shows within 15 s, if beat runs.",
        "scheduler": "Start it: celery -A <project> beat; then wait for its first sweep (15 s).",
    }
    for part, what_to_do in advice.items():
        yield Finding(bool(report.get(part)), f"{part.capitalize()} is alive", what_to_do)
    from django_celery_beat.models import PeriodicTask

    scheduled = PeriodicTask.objects.filter(task="clm_plugin.sweep", enabled=True).exists()
    yield Finding(scheduled, "The sweep is scheduled", "Run manage.py clm_install.")


def _queue(now: datetime) -> Iterator[Finding]:
    waiting, age = lag(now=now)
    yield Finding(
        age < timedelta(minutes=5),
        f"{waiting} events wait, the oldest for {int(age.total_seconds())} s",
        "The worker is down or too slow: start more workers.",
    )
    dead = dead_letters()
    yield Finding(
        dead == 0,
        f"{dead} events failed every try",
        "Read the reasons in the admin (Lifecycle, Dead letters) and replay them.",
    )


def _privacy() -> Iterator[Finding]:
    unknown = len(missing())
    yield Finding(
        not unknown,
        "Every erasure in the journal is done" if not unknown else "A backup was restored",
        "It knows people who were erased since: run manage.py clm_restored, before the workers.",
    )
    yield Finding(
        held_since() is None,
        "Mails may leave" if held_since() is None else "All mails are held",
        "Look at those that wait (Lifecycle, Privacy), then manage.py clm_restored --release.",
    )


def _segments() -> Iterator[Finding]:
    broken = broken_segments()
    yield Finding(
        not broken,
        "The rules of every segment can be read"
        if not broken
        else f"The rules of these segments cannot be read: {', '.join(sorted(broken))}",
        "Open them in the admin (Lifecycle, Segments) and publish them again.",
    )


def _ledger(now: datetime) -> Iterator[Finding]:
    proof = last_proof()
    if proof is None:
        return  # the first night has not come yet
    wrong = [check.name for check in proof.checks if not check.ok]
    yield Finding(
        proof.ok,
        f"The books of store credit are right as of {proof.at:%Y-%m-%d %H:%M}"
        if proof.ok
        else f"The books of store credit are wrong: {'; '.join(wrong)}",
        "Run manage.py clm_verify: it names the rows. Correct credit by reverse, grant or deduct; a"
        " limit of an offer by publishing the offer without it, and then with it again.",
    )
    yield Finding(
        now - proof.at < timedelta(hours=36),
        f"The books were last proven {proof.at:%Y-%m-%d %H:%M}",
        "The nightly proof did not run: is the scheduler alive? Run manage.py clm_verify.",
    )
    if waits := waiting(now=now).count():
        yield Finding(True, f"{waits} requests for credit by hand wait for a second person")


def _content() -> Iterator[Finding]:
    try:
        shop_has_orders = get_shop().count_orders() > 0
    except ShopError:
        shop_has_orders = False
    yield Finding(
        profiles().exists() or not shop_has_orders,
        "The shop's history has been read in",
        "Run manage.py clm_backfill.",
    )
    yield Finding(
        all(map(find_spec, ("numpy", "scipy"))),
        "What is bought together can be worked out",
        'pip install "clm-plugin[insights]" (numpy and scipy), then manage.py clm_backfill.',
    )
    yield from _mail()
    yield Finding(
        bool(live_plans(plan_version())),
        "At least one campaign is live",
        "Publish one in the admin (Lifecycle, Campaigns), or run manage.py clm_install.",
    )
    alone = [one.campaign for one in stranded()]
    yield Finding(
        not alone,
        "Live campaigns ask for stages and segments that are there"
        if not alone
        else f"These live campaigns ask for stages or segments that are gone: {', '.join(alone)}",
        "Publish the segments (or another lifecycle model), or change the campaigns.",
    )


def _mail() -> Iterator[Finding]:
    try:
        shop = sender()
    except (ImproperlyConfigured, ObjectDoesNotExist) as error:
        yield Finding(False, f"Mails cannot be written: {error}", 'Set CLM["SITE_URL"].')
        return
    # What Django supposes by itself: its first Site, and its DEFAULT_FROM_EMAIL.
    yield Finding(
        shop.base != "https://example.com",
        f"Links in mails lead to {shop.base}",
        'Set CLM["SITE_URL"], such as "https://shop.example".',
    )
    yield Finding(
        not shop.address.endswith("@localhost"),
        f"Mails come from {shop.address}",
        'Set CLM["MAIL_FROM"], such as "My shop <hello@shop.example>".',
    )
