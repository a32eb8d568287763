"""The rules as SQL, for everybody at once, against the rules in memory, one by one."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clm_plugin.lifecycle.api import forget_model, restage
from clm_plugin.lifecycle.data import Model
from clm_plugin.lifecycle.defaults import DEFAULT, TEMPLATES
from clm_plugin.lifecycle.encoding import model_from_json, model_to_json
from clm_plugin.lifecycle.forecasting import EXAMPLES, forecast
from clm_plugin.lifecycle.models import StageChange, Standing
from clm_plugin.lifecycle.restaging import request_restaging, restage_everybody
from clm_plugin.lifecycle.ruler import Ruler
from clm_plugin.profiles.api import fact_rows
from tests.factories import NOW
from tests.lengths import examples
from tests.lifecycle.crowd import gather, measure, standings, use
from tests.lifecycle.strategies import Someone, models, people

pytestmark = pytest.mark.django_db
many = settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
crowds = st.lists(people(), min_size=1, max_size=25)


@contextmanager
def undone() -> Iterator[None]:
    """Each drawn example has a database of its own: what it wrote is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def one_by_one(ids: list[int]) -> dict[int, tuple]:
    ruler, rows = Ruler(), fact_rows(ids)
    ruler.ask_promoters(rows.values())
    return {pid: ruler.placed(row, NOW) for pid, row in rows.items()}


@many
@given(models(), crowds)
def test_everybody_at_once_stands_as_one_by_one(model: Model, crowd: list[Someone]) -> None:
    with undone():
        forget_model()
        measure()
        use(model)
        ids = gather(crowd)
        before = {pid: row[0] for pid, row in standings(ids).items()}
        wanted = one_by_one(ids)
        told = forecast(model, now=NOW)
        request_restaging(cause="model", version=model.version, now=NOW)
        moved = restage_everybody(now=NOW)
        assert standings(ids) == wanted
        moves = [
            (before.get(pid, ""), stage)
            for pid, (stage, *_) in wanted.items()
            if stage != before.get(pid)
        ]
        changes = StageChange.objects.values_list("from_stage", "to_stage")
        assert Counter(changes) == Counter(moves)
        assert moved == len(moves) == told.moving
        went = Counter((before.get(pid, ""), row[0]) for pid, row in wanted.items())
        assert {(s.from_stage, s.to_stage): s.people for s in told.shifts} == went
        for shift in told.shifts:
            assert len(shift.examples) == min(shift.people, EXAMPLES)
            for pid in shift.examples:
                assert (before.get(pid, ""), wanted[pid][0]) == (shift.from_stage, shift.to_stage)


@many
@given(models(), crowds)
def test_a_batch_places_as_the_rules_say(model: Model, crowd: list[Someone]) -> None:
    with undone():
        forget_model()
        measure()
        use(model)
        ids = gather(crowd)
        moves = restage(
            ids,
            before={},
            turns={},
            at=dict.fromkeys(ids, NOW),
            cause=dict.fromkeys(ids, "product.viewed"),
        )
        wanted = one_by_one(ids)
        assert standings(ids) == wanted
        assert moves.looked == len(ids)
        assert moves.flagged == {pid for pid, row in wanted.items() if row[2] or row[3]}


def test_who_stands_right_is_not_written_again() -> None:
    measure()
    crowd = [Someone(
        known=True, views=0, orders=2, spend=9_000, last=NOW, own_gap=30.0, category="cat",
        basket_items=0, basket_at=None, praises=0, nps=None, stands="",
    )] * 3  # fmt: skip
    ids = gather(crowd)
    for round_ in ("first", "second"):
        request_restaging(cause="model", version=0, now=NOW)
        assert restage_everybody(now=NOW) == (3 if round_ == "first" else 0)
    assert StageChange.objects.count() == 3
    assert set(Standing.objects.values_list("profile_id", flat=True)) == set(ids)


@pytest.mark.parametrize("model", [DEFAULT, *(t.model for t in TEMPLATES)], ids=lambda m: m.key)
def test_a_model_comes_back_from_json_as_it_was(model: Model) -> None:
    assert model_from_json(model_to_json(model)) == model


@given(models())
def test_any_model_comes_back_from_json(model: Model) -> None:
    back = model_from_json(model_to_json(model))
    assert (back.stages, back.flags, back.key) == (model.stages, model.flags, model.key)
