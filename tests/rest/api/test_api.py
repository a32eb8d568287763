"""The REST API: who may what, how things read, and what is refused with which words."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.test import Client, override_settings
from pytest_django import DjangoAssertNumQueries
from rest_framework.authtoken.models import Token

from clm_plugin import clock, pipeline
from clm_plugin.models import (
    Consent,
    Event,
    Identifier,
    LifeEventKind,
    Profile,
    TraitDefinition,
    TraitValue,
)
from clm_plugin.segments import api as segments
from clm_plugin.segments.conditions import HasTrait
from clm_plugin.segments.data import Group
from tests.factories import NOW, new, order, store

pytestmark = pytest.mark.django_db

BASE = "/clm/api"


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()  # throttles count there


class Caller:
    """A service with a token that may do what it is given."""

    def __init__(self, *codes: str) -> None:
        user = User.objects.create_user(f"service-{uuid4().hex}")
        user.user_permissions.set(
            Permission.objects.filter(content_type__app_label="clm_plugin", codename__in=codes)
        )
        self.key = Token.objects.create(user=user).key
        self.client = Client()

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        kwargs: dict[str, Any] = {"headers": {"Authorization": f"Token {self.key}"}}
        if body is not None:
            kwargs |= {"data": body, "content_type": "application/json"}
        return getattr(self.client, method)(BASE + path, **kwargs)


def tell(*events: Any) -> None:
    store(*events, at=NOW)
    pipeline.drain(now=NOW)


@pytest.fixture
def ada() -> Profile:
    tell(
        new("customer.registered", "customer:1", NOW, email="ada@example.com", first_name="Ada"),
        order("customer:1", "o1"),
    )
    return Identifier.objects.get(actor="customer:1").profile


def test_nobody_gets_in_without_a_name_or_without_leave(ada: Profile) -> None:
    assert Client().get(f"{BASE}/profiles/").status_code == 401
    assert Caller()("get", "/profiles/").status_code == 403
    assert Caller("view_profile")("get", "/profiles/").status_code == 200
    assert Caller("view_profile")("patch", f"/profiles/{ada.pk}/traits/", {}).status_code == 403


def test_a_session_needs_its_csrf_token(ada: Profile) -> None:
    User.objects.create_superuser("boss", password="x")
    client = Client(enforce_csrf_checks=True)
    client.login(username="boss", password="x")
    assert client.get(f"{BASE}/profiles/").status_code == 200
    body = {"traits": {"first_name": "Eve"}}
    path = f"{BASE}/profiles/{ada.pk}/traits/"
    assert client.patch(path, body, content_type="application/json").status_code == 403


def test_a_profile_reads_with_its_facts_and_stage(ada: Profile) -> None:
    body = Caller("view_profile")("get", f"/profiles/{ada.pk}/").json()
    assert (body["email"], body["stage"]["key"]) == ("ada@example.com", "nurture")
    assert (body["facts"]["spend_minor"], body["facts"]["currency"]) == (2000, "GBP")


def test_an_old_id_leads_to_who_she_is_now(ada: Profile) -> None:
    old = Profile.objects.create(created_at=NOW, merged_into=ada)
    older = Profile.objects.create(created_at=NOW, merged_into=old)
    call = Caller("view_profile")
    assert call("get", f"/profiles/{older.pk}/").json()["id"] == ada.pk
    assert call("get", "/profiles/999999999999999999999/").status_code == 404
    assert [row["id"] for row in call("get", "/profiles/").json()["results"]] == [ada.pk]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("stage=nurture", 1),
        ("stage=loyal", 0),
        ("email=ada@example.com", 1),
        ("identifier=customer:1", 1),
        ("identifier=customer:2", 0),
        ("advocate=false", 1),
        ("created_since=2026-11-21T00:00:00Z", 1),
        ("created_since=2026-11-22T00:00:00Z", 0),
        ("segment=gone", 0),
    ],
)
def test_filters(ada: Profile, query: str, found: int) -> None:
    assert len(Caller("view_profile")("get", f"/profiles/?{query}").json()["results"]) == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("name=ada", "name"),
        ("advocate=maybe", "advocate"),
        ("created_since=yesterday", "created_since"),
        ("created_since=2026-11-22T00:00:00", "created_since"),
        ("email=%00", "email"),
    ],
)
def test_filters_that_are_refused(query: str, field: str) -> None:
    response = Caller("view_profile")("get", f"/profiles/?{query}")
    assert response.status_code == 400
    assert response["Content-Type"].startswith("application/problem+json")
    assert field in response.json()["errors"]


def test_pages_cost_the_same_however_many_people(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    tell(*(order(f"customer:{n}", f"o{n}") for n in range(60)))
    call = Caller("view_profile")
    with django_assert_max_num_queries(5):
        page = call("get", "/profiles/?page_size=50").json()
    assert len(page["results"]) == 50
    assert page["previous"] is None
    path = page["next"].split(BASE)[1]
    assert len(call("get", path).json()["results"]) == 10


def test_her_events_newest_first(ada: Profile) -> None:
    call = Caller("view_profile")
    body = call("get", f"/profiles/{ada.pk}/events/").json()
    assert {row["type"] for row in body["results"]} == {"order.placed", "customer.registered"}
    only = call("get", f"/profiles/{ada.pk}/events/?type=order.placed").json()
    assert len(only["results"]) == 1


def test_events_of_a_service_count_once_and_bad_ones_are_named(ada: Profile) -> None:
    call = Caller("add_event")
    batch = {
        "events": [
            {"id": "1", "type": "custom.tracked", "customer_id": "1", "payload": {"name": "Rang"}},
            {"id": "2", "type": "no.such", "customer_id": "1"},
            {"id": "3", "type": "custom.tracked", "payload": {"name": "Nobody"}},
            {"id": "4", "type": "search.made", "profile": ada.pk, "payload": {"query": "tea"}},
        ]
    }
    first = call("post", "/events/", batch).json()
    assert (first["stored"], [each["index"] for each in first["refused"]]) == (2, [1, 2])
    assert call("post", "/events/", batch).json()["stored"] == 0
    pipeline.drain(now=NOW)
    names = set(Event.objects.filter(source="api").values_list("actor", flat=True))
    assert names == {"customer:1", f"profile:{ada.pk}"}
    assert Profile.objects.filter(merged_into=None).count() == 1


@pytest.mark.parametrize("body", [{}, {"events": []}, {"events": "x"}, {"events": [{}] * 101}, []])
def test_a_batch_that_is_none(body: Any) -> None:
    assert Caller("add_event")("post", "/events/", body).status_code == 400


def test_traits_are_told_as_an_event(ada: Profile) -> None:
    call = Caller("view_profile", "change_profile")
    answer = call("patch", f"/profiles/{ada.pk}/traits/", {"traits": {"first_name": "Augusta"}})
    assert (answer.status_code, answer.json()) == (202, {"accepted": ["first_name"]})
    pipeline.drain(now=clock.now())
    ada.refresh_from_db()
    assert ada.first_name == "Augusta"
    told = call("get", f"/profiles/{ada.pk}/traits/").json()["traits"]
    assert {"Augusta"} == {row["value"] for row in told if row["key"] == "first_name"}
    assert TraitValue.objects.filter(key="first_name").exists()


def test_consents_are_written_down_with_who_told(ada: Profile) -> None:
    call = Caller("view_profile", "change_profile")
    said = {"purpose": "marketing", "channel": "mail", "granted": True, "source": "phone call"}
    body = call("post", f"/profiles/{ada.pk}/consents/", said).json()
    assert [(c["purpose"], c["channel"], c["granted"]) for c in body["consents"]] == [
        ("marketing", "mail", True)
    ]
    pipeline.drain(now=clock.now())
    assert Consent.objects.get().granted
    wrong = call("post", f"/profiles/{ada.pk}/consents/", said | {"purpose": "juggling"})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["purpose"])
    half = call("post", f"/profiles/{ada.pk}/consents/", said | {"channel": ""})
    assert (half.status_code, list(half.json()["errors"])) == (400, ["channel"])


def test_half_a_surrogate_pair_is_refused_in_readable_words(ada: Profile) -> None:
    said = '{"purpose": "\\ud800", "granted": true, "source": "x"}'
    caller = Caller("view_profile", "change_profile")
    answer = caller("post", f"/profiles/{ada.pk}/consents/", said)
    assert answer.status_code == 400
    assert "\ud800" in answer.json()["errors"]["purpose"][0]


def test_what_is_sensitive_is_for_few(ada: Profile) -> None:
    TraitDefinition.objects.create(key="allergy", label="Allergy", sensitive=True)
    LifeEventKind.objects.create(key="baby", label="A baby", source="declared", sensitive=True)
    tell(
        new("profile.identified", "customer:1", NOW, traits={"allergy": "nuts", "size": "4"}),
        new("life_event.declared", "customer:1", NOW, kind="baby"),
    )
    group = Group(kind="all", members=(HasTrait(key="allergy", op="set"),))
    segments.publish(key="allergic", name="Allergic", group=group, now=NOW)
    segments.evaluate(now=NOW)
    codes = ("view_profile", "view_segment")
    for told, call in ((True, Caller(*codes, "view_sensitive_profile")), (False, Caller(*codes))):
        her = f"/profiles/{ada.pk}"
        events = call("get", f"{her}/events/").content.decode()
        assert ("nuts" in events, "baby" in events) == (told, told)
        assert "size" in events
        assert ("allergy" in call("get", f"{her}/traits/").content.decode()) is told
        inside = [one["key"] for one in call("get", f"{her}/segments/").json()["segments"]]
        assert inside == (["allergic"] if told else [])
        status = 200 if told else 403
        assert call("get", "/segments/allergic/members/").status_code == status
        assert call("get", "/profiles/?segment=allergic").status_code == status
        assert call("get", "/segments/allergic/").json()["members"] == 1


def test_static_lists_are_edited_and_read(ada: Profile) -> None:
    segments.publish(key="vips", name="VIPs", group=None, now=NOW)
    call = Caller("view_profile", "view_segment", "change_segment")
    assert call("post", "/segments/vips/members/", {"profiles": [ada.pk]}).json() == {"changed": 1}
    assert call("get", "/segments/vips/").json()["members"] == 1
    assert [p["id"] for p in call("get", "/segments/vips/members/").json()["results"]] == [ada.pk]
    assert [s.segment for s in segments.segments_of(ada.pk)] == ["vips"]
    assert call("get", f"/profiles/{ada.pk}/segments/").json()["segments"][0]["key"] == "vips"
    assert call("delete", "/segments/vips/members/", {"profiles": [ada.pk]}).json() == {
        "changed": 1
    }
    assert call("get", "/segments/gone/").status_code == 404


def test_numbers_without_people(ada: Profile) -> None:
    segments.publish(key="vips", name="VIPs", group=None, now=NOW)
    call = Caller("view_segment", "view_lifecyclemodel", "view_survey", "view_traitdefinition")
    assert call("get", "/segments/").json()["results"][0]["members"] == 0
    assert call("get", "/segments/vips/members/").status_code == 403
    stages = call("get", "/lifecycle/").json()["stages"]
    assert {s["key"]: s["people"] for s in stages}["nurture"] == 1
    assert call("get", "/surveys/").json() == {"results": []}
    assert call("get", "/traits/").json() == {"results": []}


@override_settings(CLM={"API_RATE": 3})
def test_too_fast_is_told_when_to_come_back() -> None:
    call = Caller("view_profile")
    answers = [call("get", "/profiles/").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    assert int(call("get", "/profiles/")["Retry-After"]) <= timedelta(minutes=1).total_seconds()


def test_the_schema_names_our_endpoints_and_no_others() -> None:
    User.objects.create_superuser("boss", password="x")
    client = Client()
    client.login(username="boss", password="x")
    schema = client.get(f"{BASE}/schema/", headers={"Accept": "application/json"}).json()
    assert "/clm/api/profiles/" in schema["paths"] or "/profiles/" in schema["paths"]
    assert not [path for path in schema["paths"] if "wagtail" in path or "oscar" in path]
    page = client.get(f"{BASE}/docs/").content.decode()
    assert "https://" not in page
