"""The name under which news about a person are recorded."""

from __future__ import annotations

import pytest

from clm_plugin.models import Identifier, Profile
from clm_plugin.profiles.api import names_of
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_her_accounts_then_any_then_her_number() -> None:
    ann, bob, eve = (Profile.objects.create(created_at=NOW).pk for _ in range(3))
    for name, owner, verified in (
        ("visitor:1", ann, True),
        ("customer:9", ann, True),
        ("visitor:3", bob, True),
        ("ext:crm:2", bob, True),
        ("email:x", eve, False),
    ):
        Identifier.objects.create(actor=name, profile_id=owner, created_at=NOW, verified=verified)
    assert names_of([ann, bob, eve]) == {ann: "customer:9", bob: "ext:crm:2", eve: f"profile:{eve}"}


def test_one_query_for_all(django_assert_num_queries: pytest.FixtureRequest) -> None:
    people = [Profile.objects.create(created_at=NOW).pk for _ in range(9)]
    with django_assert_num_queries(1):  # type: ignore[operator]  # a fixture that is a function
        assert len(names_of(people)) == 9
