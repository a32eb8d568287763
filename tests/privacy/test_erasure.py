"""Erasure: nothing of her is left, nothing brings her back, and the shop's numbers stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db.models import Sum

from clm_plugin import pipeline
from clm_plugin.messages.api import is_suppressed
from clm_plugin.models import (
    Consent,
    Delivery,
    Enrolment,
    Erased,
    Erasure,
    Event,
    Facts,
    Identifier,
    ImportPart,
    ItemFact,
    OrderFact,
    Profile,
    RefusedRow,
)
from clm_plugin.privacy import journal
from clm_plugin.privacy.api import erase, missing, preview, restore
from clm_plugin.profiles.api import hash_name, profile_id_of
from clm_plugin.rebuild import rebuild_facts
from tests.factories import NOW, days, new, order, store, viewed
from tests.privacy.people import (
    CANARIES,
    EMAIL,
    LATER,
    ME,
    ORDER,
    VISITOR,
    everything_again,
    left_of,
    make_canary,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db
AT = NOW + days(1)


def test_the_search_would_find_her() -> None:
    """Red first: before the erasure every canary is somewhere."""
    make_canary()
    found = left_of()
    for needle in CANARIES:
        assert any(f": {needle} in" in line for line in found), needle


def test_nothing_is_left(caplog: pytest.LogCaptureFixture, mailoutbox: list[Any]) -> None:
    canary = make_canary()
    done = erase(canary.profile_id, now=AT, asked_by="console")
    assert done is not None
    assert left_of() == []
    assert not any(needle in caplog.text.lower() for needle in CANARIES)
    pipeline.sweep(now=AT, send=True)
    assert mailoutbox == [], "the mail that waited never leaves"
    assert left_of() == []


def test_nothing_brings_her_back() -> None:
    canary = make_canary()
    erase(canary.profile_id, now=AT, asked_by="console")
    people = Profile.objects.count()
    everything_again()
    assert left_of() == []
    assert Profile.objects.count() == people
    assert not Enrolment.objects.exists()
    assert not Delivery.objects.exists()


def test_others_are_left_alone() -> None:
    canary = make_canary()
    erase(canary.profile_id, now=AT, asked_by="console")
    everything_again()
    zed = profile_id_of("customer:8")
    assert zed is not None
    assert Facts.objects.get(profile=zed).product_views == 2
    shared = Event.objects.filter(actor="customer:8")
    assert shared.count() == 3
    assert not any(VISITOR in (event.links or ()) for event in shared)


def test_rows_of_files_that_name_her_go_and_the_others_stay() -> None:
    canary = make_canary()
    done = erase(canary.profile_id, now=AT, asked_by="console")
    assert done is not None
    assert (done.rows["import_part"], done.rows["refused_row"]) == (2, 1)
    assert ImportPart.objects.get().lines == [[3, ["zed@example.com", "Zed"], ""]]
    assert RefusedRow.objects.get().line == 5


def test_the_stores_statistics_stay() -> None:
    canary = make_canary()
    before = OrderFact.objects.aggregate(Sum("total_minor"), Sum("refunded_minor"), Sum("items"))
    lines = ItemFact.objects.count()
    erase(canary.profile_id, now=AT, asked_by="console")
    rebuild_facts(now=AT)
    after = OrderFact.objects.aggregate(Sum("total_minor"), Sum("refunded_minor"), Sum("items"))
    assert after == before
    assert ItemFact.objects.count() == lines
    for row in OrderFact.objects.all():
        assert row.profile_id is None
        assert row.placed_at is not None
        assert (row.placed_at.hour, row.placed_at.minute, row.placed_at.second) == (0, 0, 0)


def test_her_refusal_of_mail_outlives_her() -> None:
    canary = make_canary()
    assert not is_suppressed(EMAIL)
    erase(canary.profile_id, now=AT, asked_by="console")
    assert is_suppressed(EMAIL)


def test_a_preview_says_what_will_happen_and_an_erasure_that_it_did() -> None:
    canary = make_canary()
    foreseen = preview(canary.profile_id)
    assert foreseen is not None
    assert foreseen["order_fact"] == (2, "anonymise")
    assert foreseen["item_fact"][1] == "keep"
    done = erase(canary.profile_id, now=AT, asked_by="account")
    assert done is not None
    searched = {"import_part", "refused_row"}
    rows = {name: count for name, count in done.rows.items() if name not in searched}
    assert rows == {name: count for name, (count, _) in foreseen.items()}
    row = Erasure.objects.get()
    assert (row.asked_by, row.erased_at, row.rows) == ("account", AT, done.rows)
    assert preview(canary.profile_id) is None
    assert erase(canary.profile_id, now=AT, asked_by="console") is None


def test_a_merged_profile_is_erased_with_the_person_it_became() -> None:
    canary = make_canary()
    signpost = Profile.objects.get(merged_into=canary.profile_id)
    erase(signpost.pk, now=AT, asked_by="console")
    assert left_of() == []


def test_erased_while_her_event_waits_it_is_never_processed() -> None:
    canary = make_canary()
    erase(canary.profile_id, now=AT, asked_by="console")
    store(viewed(VISITOR, "canary-3", AT))
    assert pipeline.drain(now=AT) == 1
    assert left_of() == []


# Coming back


def come_back() -> int:
    at = AT + days(3)
    store(new("customer.logged_in", ME, at, email=EMAIL, first_name="Anew", links=(VISITOR,)))
    store(viewed(ME, "1", at + days(1)))
    pipeline.drain(now=at + days(2))
    found = profile_id_of(ME)
    assert found is not None
    return found


def test_who_logs_in_again_is_known_anew_from_then_on() -> None:
    canary = make_canary()
    erase(canary.profile_id, now=AT, asked_by="account")
    store(viewed(ME, "1", AT + days(1)))
    pipeline.drain(now=AT + days(1))
    assert profile_id_of(ME) is None, "the session that was still open is no return"
    anew = come_back()
    assert Profile.objects.get(pk=anew).first_name == "Anew"
    assert Facts.objects.get(profile=anew).product_views == 1
    assert not Identifier.objects.filter(actor=VISITOR).exists(), "the old device stays unknown"


def test_after_her_return_the_past_stays_unknown() -> None:
    canary = make_canary()
    erase(canary.profile_id, now=AT, asked_by="account")
    anew = come_back()
    store(
        order(ME, ORDER, NOW - days(20), key="again"),
        order(ME, "old", NOW - days(70), source="backfill"),
        new("order.refunded", ME, AT + days(9), order_id=LATER, refund_id="r", amount_minor=5,
            currency="GBP"),
        order(ME, "new", AT + days(6)),
        at=AT + days(9),
    )  # fmt: skip
    pipeline.drain(now=AT + days(10))
    assert list(OrderFact.objects.filter(profile=anew).values_list("order_id", flat=True)) == [
        "new"
    ]
    assert not OrderFact.objects.filter(order_id__in=[ORDER, LATER, "old"]).exists()


def test_a_new_order_of_a_guest_is_a_return_too() -> None:
    canary = make_canary()
    erase(canary.profile_id, now=AT, asked_by="account")
    store(order("basket:fresh", "fresh", AT + days(3), email=EMAIL))
    pipeline.drain(now=AT + days(3))
    assert Profile.objects.get(identifiers__actor="basket:fresh").email == EMAIL


def test_erased_twice_she_is_gone_twice() -> None:
    canary = make_canary()
    erase(canary.profile_id, now=AT, asked_by="account")
    anew = come_back()
    erase(anew, now=AT + days(20), asked_by="account")
    everything_again()
    assert profile_id_of(ME) is None
    assert left_of() == []


def test_consent_given_before_means_nothing_after() -> None:
    canary = make_canary()
    erase(canary.profile_id, now=AT, asked_by="account")
    come_back()
    assert not Consent.objects.exists()


# Keys, journal, backups


def test_tombstones_are_keyed(settings: Any) -> None:
    settings.CLM = {**settings.CLM, "ERASURE_KEY": "one"}
    one = hash_name(ME)
    settings.CLM = {**settings.CLM, "ERASURE_KEY": "two"}
    assert hash_name(ME) != one
    assert hash_name("guest:abc") == hash_name("email:abc"), "an address is one name"


def test_a_new_key_still_knows_the_old_hashes(settings: Any) -> None:
    canary = make_canary()
    erase(canary.profile_id, now=AT, asked_by="account")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "rotated"
    everything_again()
    assert left_of() == []


@pytest.fixture
def notes(settings: Any, tmp_path: Path) -> Path:
    settings.CLM = {**settings.CLM, "ERASURE_JOURNAL": str(tmp_path / "erasures.jsonl")}
    return tmp_path / "erasures.jsonl"


def test_the_journal_holds_hashes_only(notes: Path) -> None:
    canary = make_canary()
    erase(canary.profile_id, now=AT, asked_by="account")
    text = notes.read_text()
    assert not any(needle in text.lower() for needle in CANARIES)
    [entry] = journal.read()
    assert entry.erased_at == AT
    assert hash_name(ME) in entry.hashes
    assert set(Erased.objects.values_list("hash", flat=True)) == entry.hashes
    assert notes.stat().st_mode & 0o077 == 0


def test_a_line_that_a_crash_cut_short_costs_one_entry(notes: Path) -> None:
    notes.write_text('{"erased_at": "2026-')
    canary = make_canary()
    erase(canary.profile_id, now=AT, asked_by="account")
    assert len(list(journal.read())) == 1


def test_without_its_journal_nobody_is_erased(settings: Any, tmp_path: Path) -> None:
    settings.CLM = {**settings.CLM, "ERASURE_JOURNAL": str(tmp_path / "missing" / "file")}
    canary = make_canary()
    with pytest.raises(OSError, match="missing"):
        erase(canary.profile_id, now=AT, asked_by="account")
    assert Profile.objects.filter(pk=canary.profile_id).exists()
    assert not Erased.objects.exists()


def test_a_restored_backup_forgets_her_again_and_holds_its_mails(
    notes: Path, mailoutbox: list[Any]
) -> None:
    """The backup is from before the erasure: the same person, and no tombstone."""
    canary = make_canary()
    hashes = {hash_name(ME), hash_name(VISITOR)}
    journal.append(hashes, at=AT)
    assert set(missing()) == hashes
    report = restore(now=AT + days(1))
    assert (report.entries, report.people) == (1, 1)
    assert not Profile.objects.filter(pk=canary.profile_id).exists()
    assert left_of() == []
    assert not missing()
    again = restore(now=AT + days(2))
    assert (again.entries, again.people) == (0, 0)
    assert len(list(journal.read())) == 1, "a replay is not written down again"
