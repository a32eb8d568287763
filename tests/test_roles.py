"""Who may open what: every URL of ours against every role. A URL without a line here fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse

from clm_plugin.campaigns.authoring import Campaign
from clm_plugin.lifecycle.api import TEMPLATES
from clm_plugin.lifecycle.authoring import LifecycleModel
from clm_plugin.models import (
    Account,
    DeadLetter,
    GrantRequest,
    Import,
    LifeEventKind,
    MergeRecord,
    Offer,
    Profile,
    Programme,
    Segment,
    Survey,
    TraitDefinition,
    Transaction,
    WriteKey,
)
from clm_plugin.permissions import ROLES
from clm_plugin.roles import install_roles
from tests.factories import NOW
from tests.screens_by_role import API, MG, MK, PUBLIC, SCREENS, WAGTAILS, A, S

pytestmark = pytest.mark.django_db


def routes() -> Iterator[tuple[str, str, str]]:
    """(namespace, name, pattern) of every URL of ours, the console's and the plugin's."""

    def walk(resolver: URLResolver, prefix: str, space: str) -> Iterator[tuple[str, str, str]]:
        for found in resolver.url_patterns:
            if isinstance(found, URLResolver):
                inner = prefix + str(found.pattern)
                yield from walk(found, inner, found.namespace or space)
            else:
                yield space, found.name or "", prefix + str(found.pattern)

    for space, name, pattern in walk(get_resolver(), "", ""):
        if space.startswith("clm_") or space == "clm":
            yield space, name, pattern


def test_every_url_has_a_line() -> None:
    unknown = []
    for space, name, pattern in routes():
        if space == "clm":
            known = name in PUBLIC or name in API or f"POST {name}" in API
            known = known or name.startswith("segment_")
        else:
            table = SCREENS.get(space, {})
            known = name in table or f"POST {name}" in table or name in WAGTAILS
        if not known:
            unknown.append((space, name, pattern))
    assert not unknown


@pytest.fixture
def things() -> dict[str, object]:
    """One of everything that a screen can be about."""
    person = Profile.objects.create(created_at=NOW)
    other = Profile.objects.create(created_at=NOW, merged_into=person)
    campaign = Campaign(key="c", name="C", trigger=[("slot", {"slot": "s"})])
    campaign.steps = [("bundle", {"heading": "H", "max_items": 2})]
    campaign.save()
    segment = Segment(key="s", name="S", kind="static")
    segment.save()
    survey = Survey.objects.create(key="q", name="Q", question="Q?", kind="nps")
    offer = Offer.objects.create(key="o", name="O", title="O")
    model = LifecycleModel.objects.create(name="M")
    programme = Programme.objects.create(key="p", name="P")
    letter = DeadLetter.objects.create(event_id=uuid4(), shard=0, reason="r", failed_at=NOW)
    made: dict[str, object] = {
        "clm_customers": person,
        "clm_privacy": person,
        "clm_merges": MergeRecord.objects.create(
            survivor=person, merged=other, reason="r", merged_at=NOW
        ),
        "clm_campaigns": campaign,
        "clm_segments": segment,
        "clm_surveys": survey,
        "clm_offers": offer,
        "clm_programmes": programme,
        "clm_lifecycle_models": model,
        "clm_traits": TraitDefinition.objects.create(key="t", label="T"),
        "clm_life_events": LifeEventKind.objects.create(key="k", label="K"),
        "clm_imports": Import.objects.create(kind="customers", name="f", created_at=NOW),
        "clm_write_keys": WriteKey.objects.create(
            name="K", key_hash="h", prefix="p", source="till", created_at=NOW
        ),
        "clm_dead_letters": letter,
        "clm_ledger": _credit_of(person),
    }
    for snippet in (campaign, survey, segment, model, programme, offer):
        snippet.save_revision()
    return made


def _credit_of(person: Profile) -> Transaction:
    """A transaction, an account and a request, all of one number."""
    number, of = 77, {"programme": "tea", "currency": "GBP"}
    Account.objects.create(
        pk=number, purpose="customer", profile=person, opened_for=person.pk, **of
    )
    GrantRequest.objects.create(
        pk=number, key="k", kind="grant", profile=person, amount_minor=1, opens_at=NOW,
        reason="r", state="waiting", needs_approval=True, requested_by="0", requested_name="x",
        requested_at=NOW, lapses_at=NOW + timedelta(days=36_500), **of,
    )  # fmt: skip
    return Transaction.objects.create(
        pk=number, kind="grant", key="k", fingerprint="f", at=NOW, **of
    )


def path_of(space: str, name: str, things: dict[str, object]) -> str:
    thing = things.get(space)
    words = {"pick": "products", "start_from": TEMPLATES[0].model.key, "by_key": "s"}
    for args in ([], [words.get(name, getattr(thing, "pk", "x"))]):
        try:
            return reverse(f"{space}:{name}", args=args)
        except NoReverseMatch:
            continue
    raise AssertionError(f"no path for {space}:{name}")


def client_of(role: str) -> Client:
    """Somebody of a role; "" is a customer of the shop without any."""
    user = User.objects.create_user(f"one-{role or 'nobody'}", password="x")
    if role:
        names = {each.key: each.name for each in ROLES}
        user.groups.add(Group.objects.get(name=names[role]))
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def is_refused(response: object) -> bool:
    status, where = response.status_code, getattr(response, "url", "")  # type: ignore[attr-defined]
    return status in (401, 403) or (status == 302 and (where == "/admin/" or "/login/" in where))


def wrong_answers(
    role: str, things: dict[str, object], *, with_open: bool = True
) -> list[tuple[str, str, int, str]]:
    """Of every screen, or of those only that the role may not open."""
    install_roles()
    client, wrong = client_of(role), []
    here = {space for space, *_ in routes()}
    for space, table in SCREENS.items():
        for entry, roles in table.items() if space in here else ():
            if role in roles and not with_open:
                continue
            method, _, name = entry.rpartition(" ")
            response = getattr(client, (method or "get").lower())(path_of(space, name, things))
            if is_refused(response) == (role in roles) or response.status_code >= 500:
                wrong.append((space, entry, response.status_code, getattr(response, "url", "")))
    return wrong


@pytest.mark.parametrize(
    "role", ["", A, S, *(pytest.param(role, marks=pytest.mark.slow) for role in (MK, MG))]
)
def test_screens(role: str, things: dict[str, object]) -> None:
    assert wrong_answers(role, things) == []


@pytest.mark.parametrize("role", [MK, MG])
def test_screens_that_authors_may_not_open(role: str, things: dict[str, object]) -> None:
    """Theirs are the most screens: all of them open in the slow run only."""
    assert wrong_answers(role, things, with_open=False) == []


@pytest.mark.parametrize("role", ["", A, MK, MG, S])
def test_api(role: str) -> None:
    install_roles()
    cache.clear()
    client, wrong = client_of(role), []
    for entry, roles in API.items():
        method, _, name = entry.rpartition(" ")
        for args in ([], ["1"]):
            try:
                path = reverse(f"clm:{name}", args=args)
            except NoReverseMatch:
                continue
            response = getattr(client, (method or "get").lower())(path)
            refused = response.status_code in (401, 403)
            # A thing that is not there is 404 for who may look, and nothing for who may not.
            if refused == (role in roles) and response.status_code != 404:
                wrong.append((entry, response.status_code))
            if role not in roles and response.status_code == 404:
                wrong.append((entry, 404))
    assert wrong == []


def test_nobody_without_a_login(things: dict[str, object]) -> None:
    client = Client(raise_request_exception=False)
    here = {space for space, *_ in routes()}
    for space, table in SCREENS.items():
        for entry in table if space in here else ():
            method, _, name = entry.rpartition(" ")
            response = getattr(client, (method or "get").lower())(path_of(space, name, things))
            assert is_refused(response), (space, entry)


def test_groups_are_made_once_and_then_the_shops() -> None:
    assert len(install_roles()) == len(ROLES)
    group = Group.objects.get(name="Lifecycle: analyst")
    group.permissions.clear()
    assert install_roles() == []
    assert not group.permissions.exists()


def test_every_permission_of_a_role_exists() -> None:
    install_roles()
    known = set(
        Permission.objects.filter(content_type__app_label="clm_plugin").values_list(
            "codename", flat=True
        )
    )
    assert {code for role in ROLES for code in role.may} <= known
