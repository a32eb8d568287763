"""From a draft to the model in use, and everybody placed by it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from clm_plugin import pipeline
from clm_plugin.lifecycle import current, restaging
from clm_plugin.lifecycle.api import (
    current_model,
    forget_model,
    request_for_gaps,
    restage_due,
    restage_everybody,
    stage_choices,
    stage_label,
)
from clm_plugin.lifecycle.compile import compile_model, start_from
from clm_plugin.lifecycle.data import Entry
from clm_plugin.lifecycle.defaults import DEFAULT, TEMPLATES
from clm_plugin.lifecycle.gaps import load_yardsticks
from clm_plugin.lifecycle.models import (
    CurrentModel,
    LifecycleModel,
    PurchaseGap,
    Restaging,
    StageChange,
    Standing,
)
from clm_plugin.lifecycle.publishing import use
from clm_plugin.profiles.models import Profile
from tests.factories import NOW, days, order, store, viewed
from tests.lifecycle.authored import authored, from_template, publish, stage

pytestmark = pytest.mark.django_db


def shop_with(*orders_of: int) -> list[int]:
    """Customers with so many orders, a day apart and the last today; returns profile ids."""
    for who, orders in enumerate(orders_of):
        actor = f"customer:{who}"
        store(
            viewed(actor, at=NOW - days(20)),
            *(order(actor, f"{who}-{n}", NOW - days(orders - 1 - n)) for n in range(orders)),
            at=NOW,
        )
    pipeline.drain(now=NOW)
    return list(Profile.objects.order_by("customer_id").values_list("id", flat=True))


def stages_of(ids: list[int]) -> list[str]:
    rows = dict(Standing.objects.values_list("profile_id", "stage"))
    return [rows[pid] for pid in ids]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.model.key)
def test_a_template_started_from_compiles_to_itself(template: object) -> None:
    model = template.model  # type: ignore[attr-defined]
    draft = from_template(model.key)
    draft.stages.stream_block.clean(draft.stages)
    compiled = compile_model(draft)
    assert compiled.stages == model.stages
    assert compiled.flags == model.flags


def test_a_template_is_written_in_the_language_of_who_starts_from_it() -> None:
    with translation.override("id"):
        words = start_from(TEMPLATES[0])
    first = words["stages"][0][1]
    assert first["key"] == "reach"
    assert first["label"] != "Reach"


def test_every_condition_is_compiled() -> None:
    draft = authored(
        stage("All", "all"),
        stage(
            "Few",
            "few",
            ("known", None),
            ("engaged", {"views": 4}),
            ("views", {"at_least": 2}),
            ("basket", {"within_days": 3}),
            ("orders", {"at_least": 1, "at_most": 9}),
            ("spend", {"at_least": Decimal("12.50")}),
            ("silent", {"gaps": 0.5, "days": None}),
            ("bought", {"gaps": None, "days": 90}),
            loss=True,
            channels=["mail"],
        ),
    )
    few = compile_model(LifecycleModel.objects.get(pk=draft.pk)).stages[1]
    assert few.entry == Entry(
        known=True,
        engaged_views=4,
        min_views=2,
        basket_within=days(3),
        min_orders=1,
        max_orders=9,
        min_spend_minor=1250,
        silent_gaps=0.5,
        bought_within=days(90),
    )
    assert (few.loss, few.channels, few.order) == (True, ("mail",), 2)


@pytest.mark.parametrize(
    ("stages", "where"),
    [
        ([stage("A", "a"), stage("B", "a", ("known", None))], 1),
        ([stage("A", "a", ("known", None)), stage("B", "b", ("known", None))], 0),
        ([stage("A", "a"), stage("B", "b")], 1),
        ([stage("A", "a"), stage("你好", "", ("known", None))], 1),
        ([stage("A", "a"), stage("B", "b", ("silent", {"gaps": None, "days": None}))], 1),
        ([stage("A", "a"), stage("B", "b", ("orders", {"at_least": 3, "at_most": 2}))], 1),
    ],
)
def test_what_cannot_be_published_is_told_at_its_stage(stages: list, where: int) -> None:
    draft = authored(*stages)
    with pytest.raises(ValidationError) as error:
        draft.stages.stream_block.clean(draft.stages)
    assert list(error.value.block_errors) == [where]  # type: ignore[attr-defined]  # Wagtail's


def test_a_key_is_made_from_the_name_once() -> None:
    draft = authored(stage("All", "all"), stage("Very good ones!", "", ("known", None)))
    cleaned = draft.stages.stream_block.clean(draft.stages)
    assert cleaned[1].value["key"] == "very-good-ones"
    cleaned[1].value["label"] = "Best"
    assert draft.stages.stream_block.clean(cleaned)[1].value["key"] == "very-good-ones"


def test_publishing_places_everybody_and_takes_the_other_model_out() -> None:
    ids = shop_with(0, 1, 2, 5)
    assert stages_of(ids) == ["acquire", "nurture", "retain", "loyal"]
    first = publish(from_template("three"))
    pipeline.sweep(now=NOW)
    assert stages_of(ids) == ["acquire", "retain", "retain", "retain"]
    assert current_model().name == first.name
    second = publish(
        authored(stage("Everybody", "all"), stage("Two", "two", ("orders", {"at_least": 2})))
    )
    first.refresh_from_db()
    assert (first.live, second.live) == (False, True)
    pipeline.sweep(now=NOW)
    assert stages_of(ids) == ["all", "all", "two", "two"]
    assert stage_choices() == [("all", "Everybody"), ("two", "Two")]
    assert StageChange.objects.filter(cause="model").count() == 2 + 4
    assert not Restaging.objects.filter(finished_at=None).exists()


def test_without_a_model_of_their_own_the_built_in_one_takes_over() -> None:
    ids = shop_with(1, 5)
    model = publish(from_template("three"))
    pipeline.sweep(now=NOW)
    model.unpublish()
    assert current_model().key == DEFAULT.key
    pipeline.sweep(now=NOW)
    assert stages_of(ids) == ["nurture", "loyal"]
    again = publish(from_template("three"))
    pipeline.sweep(now=NOW)
    again.delete()
    pipeline.sweep(now=NOW)
    assert stages_of(ids) == ["nurture", "loyal"]


def test_one_that_waits_for_its_time_is_not_in_use_yet() -> None:
    draft = from_template("three")
    draft.go_live_at = NOW + timedelta(days=4_000)
    draft.save_revision().publish()
    assert current_model() == DEFAULT


def test_unpublishing_one_that_is_not_in_use_changes_nothing() -> None:
    old, new = publish(from_template("three")), publish(from_template("race"))
    before = current_model().version
    old.refresh_from_db()
    old.delete()
    assert current_model().version == before
    assert current_model().key == str(new.pk)


def test_a_run_may_stop_anywhere_and_be_started_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = shop_with(1, 1, 1, 1, 1)
    monkeypatch.setattr(restaging, "RANGE", max(1, (ids[-1] - ids[0]) // 2))
    publish(from_template("three"))
    seen: list[tuple[int, int]] = []

    class Killed(Exception):
        pass

    def stop(reached: int, last: int) -> None:
        seen.append((reached, last))
        if ids[0] <= reached < last:
            raise Killed

    with pytest.raises(Killed):
        restage_everybody(now=NOW, progress=stop)
    half = CurrentModel.objects.get().restaged_to
    assert half == seen[-1][0] < ids[-1]
    assert set(stages_of(ids)) == {"nurture", "retain"}
    assert (
        restage_everybody(now=NOW)
        == StageChange.objects.filter(cause="model", profile__gt=half).count()
    )
    assert restage_everybody(now=NOW) is None
    assert stages_of(ids) == ["retain"] * 5
    assert StageChange.objects.filter(cause="model").count() == 5
    assert CurrentModel.objects.get().restaged_to is None
    assert Restaging.objects.get().moved == 5


def test_who_orders_before_the_run_comes_by_is_moved_by_the_model_first() -> None:
    """Or the change of the model would count as hers, and start campaigns."""
    (pid,) = shop_with(1)
    use(compile_model(from_template("three")), source="1", now=NOW)
    store(order("customer:0", "next", NOW + days(1)), at=NOW + days(1))
    pipeline.drain(now=NOW + days(1))
    moves = list(StageChange.objects.order_by("id").values_list("from_stage", "to_stage", "cause"))
    assert moves[-1] == ("nurture", "retain", "model")
    assert restage_everybody(now=NOW + days(1)) == 0
    assert stages_of([pid]) == ["retain"]


def test_whom_time_moves_before_the_run_comes_by_is_moved_by_the_model_first() -> None:
    (pid,) = shop_with(1)
    due = Standing.objects.get(profile=pid).due_at
    assert due is not None
    use(compile_model(from_template("three")), source="1", now=due)
    moves = restage_due(now=due)
    assert [(move.to_stage, move.cause) for move in moves] == [("retain", "model")]
    assert moves.looked == 1


def test_a_new_gap_places_whom_it_concerns_and_leaves_to_time_what_is_times() -> None:
    late, early = shop_with(1, 1)
    before = load_yardsticks()
    Standing.objects.filter(profile=late).update(due_at=NOW)
    PurchaseGap.objects.create(category_id="", median_days=7, gaps=99, computed_at=NOW)
    at = NOW + days(10)
    Standing.objects.filter(profile=early).update(due_at=at + days(50))
    request_for_gaps(before, now=at)
    assert restage_everybody(now=at) == 1
    assert stages_of([late, early]) == ["nurture", "at-risk"]
    assert StageChange.objects.get(to_stage="at-risk").cause == "gap"
    request_for_gaps(load_yardsticks(), now=at)
    assert restage_everybody(now=at) is None
    assert [m.cause for m in restage_due(now=at)] == ["time"]


def test_names_of_stages() -> None:
    publish(authored(stage("Loyal", "top"), stage("Ours", "ours", ("known", None))))
    with translation.override("id"):
        assert stage_label("top") == "Loyal", "an author's words stay as written"
        assert stage_label("retain") != "Retain", "the built-in model's are translated"
    assert stage_label("won-back") == "Won back"
    assert stage_label("") == ""


def test_a_request_asks_for_the_model_once(django_assert_num_queries: Any) -> None:
    publish(from_template("three"))
    forget_model()
    current_model()
    with django_assert_num_queries(2):
        current_model()
        current_model()
    # What the signals of a request call; the signals themselves would close the connection.
    current._open_request()
    with django_assert_num_queries(1):
        for _ in range(3):
            stage_label("retain")
    current._close_request()
    with django_assert_num_queries(1):
        current_model()
