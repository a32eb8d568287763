"""Static lists from a file: a dry run first, errors by line, then the real thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clm_plugin.console import segments_file
from clm_plugin.console.segments_file import BadFile, check_file
from clm_plugin.models import Membership, Profile, Segment
from tests.console.makers import make_person

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client


@pytest.fixture
def ann(db: None) -> Profile:
    return make_person(first_name="Ann", email="ann@example.com", customer_id="17")


@pytest.fixture
def vips(db: None) -> Segment:
    segment = Segment(key="vips", name="VIPs", kind="static")
    segment.save()
    segment.save_revision().publish()
    return segment


def found(text: str | bytes) -> tuple[tuple[int, ...], list[tuple[int, str]]]:
    checked = check_file(text.encode() if isinstance(text, str) else text)
    return checked.ids, [(wrong.line, wrong.value) for wrong in checked.wrong]


def test_addresses_numbers_and_titles(ann: Profile) -> None:
    bea = make_person(email="bea@example.com")
    assert found("ann@example.com\nbea@example.com\n") == ((ann.pk, bea.pk), [])
    assert found("17") == ((ann.pk,), [])
    assert found("Name;E-Mail\nAnn;ANN@example.com\nZoe;zoe@example.com\n") == (
        (ann.pk,), [(3, "zoe@example.com")],
    )  # fmt: skip
    assert found("\ufeffcustomer_id,city\r\n17,York\r\n") == ((ann.pk,), [])
    assert found("Müller\nann@example.com".encode("cp1252")) == ((ann.pk,), [(1, "Müller")])


def test_doubled_and_merged(ann: Profile) -> None:
    make_person(email="old@example.com", merged_into=ann)
    checked = check_file(b"ann@example.com\nold@example.com\n17\n")
    assert checked.ids == (ann.pk,)
    assert checked.doubled == 2


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"\xff\xfe\x00a\x00b", b"PK\x03\x04\x00\x00"])
def test_files_that_are_none(raw: bytes, db: None) -> None:
    with pytest.raises(BadFile):
        check_file(raw)


def test_too_much(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments_file, "MOST_ROWS", 2)
    with pytest.raises(BadFile, match="more than 2 rows"):
        check_file(b"a\nb\nc")
    monkeypatch.setattr(segments_file, "MOST_BYTES", 3)
    with pytest.raises(BadFile, match="larger"):
        check_file(b"abcd")


def test_queries_do_not_grow_with_the_file(ann: Profile, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        check_file(b"17\n" + b"".join(b"x%d@example.com\n" % n for n in range(900)))


def upload(client: Client, segment: Segment, text: str, action: str = "add") -> Any:
    file = SimpleUploadedFile("people.csv", text.encode(), content_type="text/csv")
    url = reverse("clm_segments:upload", args=(segment.pk,))
    return client.post(url, {"file": file, "action": action})


def members() -> list[int]:
    rows = Membership.objects.filter(segment="vips", inside=True)
    return sorted(rows.values_list("profile_id", flat=True))


def test_dry_run_then_add_then_remove(root: Client, ann: Profile, vips: Segment) -> None:
    url = reverse("clm_segments:upload", args=(vips.pk,))
    people = reverse("clm_segments:people", args=(vips.pk,))
    assert "dry run" in root.get(url).content.decode()
    checked = upload(root, vips, "ann@example.com\n=1+1\n")
    page = checked.content.decode()
    assert "Add 1 person" in page
    assert "=1+1" in page
    assert "No such customer." in page
    assert members() == []

    done = root.post(url, {"found": checked.context["found"]}, follow=True)
    assert done.redirect_chain[-1][0] == people
    assert "1 person was added." in done.content.decode()
    assert members() == [ann.pk]
    assert "Ann" in done.content.decode()

    off = upload(root, vips, "17", action="remove")
    root.post(url, {"found": off.context["found"]})
    assert members() == []


def test_one_person_off_the_list(root: Client, ann: Profile, vips: Segment) -> None:
    checked = upload(root, vips, "17")
    root.post(reverse("clm_segments:upload", args=(vips.pk,)), {"found": checked.context["found"]})
    gone = root.post(
        reverse("clm_segments:remove", args=(vips.pk,)), {"profile": ann.pk}, follow=True
    )
    assert "Ann is off the list." in gone.content.decode()
    assert members() == []


def test_a_check_cannot_be_forged_or_moved(root: Client, ann: Profile, vips: Segment) -> None:
    other = Segment(key="other", name="Other", kind="static")
    other.save()
    other.save_revision().publish()
    checked = upload(root, vips, "17")
    url = reverse("clm_segments:upload", args=(other.pk,))
    for sent, said in ((checked.context["found"], "another list"), ("forged", "too old")):
        assert said in root.post(url, {"found": sent}, follow=True).content.decode()
    assert not Membership.objects.exists()


def test_only_published_lists_are_filled(root: Client, vips: Segment) -> None:
    draft = Segment.objects.create(key="draft", name="Draft", kind="static", live=False)
    rules = Segment.objects.create(key="rules", name="Rules")
    for segment, said in ((draft, "Publish the list first"), (rules, "goes by rules")):
        url = reverse("clm_segments:upload", args=(segment.pk,))
        assert said in root.get(url, follow=True).content.decode()


def test_who_may_not_see_people_cannot_list_them(
    log_in: Callable[..., Client], vips: Segment
) -> None:
    url = reverse("clm_segments:upload", args=(vips.pk,))
    refused = log_in("change_segment").get(url, follow=True)
    assert "You may not see people" in refused.content.decode()
