"""Ready-made segments: six drafts that find whom they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from clm_plugin.models import Facts, Membership, Segment
from clm_plugin.segments.api import compile_segment, evaluate, install_segment, ready_made
from tests.console.makers import make_person
from tests.factories import NOW

if TYPE_CHECKING:
    from django.test import Client


@pytest.mark.django_db
def test_ready_made_segments_are_six_and_complete() -> None:
    recipes = ready_made()
    assert len(recipes) == 6
    for recipe in recipes:
        segment = install_segment(recipe)
        assert segment is not None
        assert not segment.live
        found = compile_segment(Segment.objects.get(pk=segment.pk))
        assert bool(found.troubles()) == bool(recipe.todo), recipe.key
        assert install_segment(recipe) is None


def test_a_ready_made_one_by_its_button(root: Client) -> None:
    made = root.post(reverse("clm_segments:ready"), {"key": "bought-once-silent"})
    segment = Segment.objects.get(key="bought-once-silent")
    assert made["Location"] == reverse("clm_segments:edit", args=(segment.pk,))
    assert root.get(made["Location"]).status_code == 200
    assert "You have it already." in root.get(reverse("clm_segments:ready")).content.decode()
    assert root.post(reverse("clm_segments:ready"), {"key": "nonsense"}).status_code == 404


@pytest.mark.django_db
def test_full_basket_finds_who_it_says() -> None:
    ann, bea = make_person(), make_person()
    Facts.objects.filter(pk=ann.pk).update(basket_items=2, basket_minor=6_000, basket_at=NOW)
    Facts.objects.filter(pk=bea.pk).update(basket_items=2, basket_minor=4_000, basket_at=NOW)
    recipe = next(one for one in ready_made() if one.key == "full-basket-no-order")
    segment = install_segment(recipe)
    assert segment is not None
    segment.save_revision().publish()
    evaluate(now=NOW)
    inside = Membership.objects.filter(inside=True).values_list("profile_id", flat=True)
    assert list(inside) == [ann.pk]
