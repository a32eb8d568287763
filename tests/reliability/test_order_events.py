"""No order event is lost: buyers are killed between the commit of the order and our storing it."""

from __future__ import annotations

import random
import signal
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from oscar.core.loading import get_model

from clm_plugin import pipeline
from clm_plugin.adapters.reconcile import reconcile
from clm_plugin.models import Event, OrderFact
from tests.adapters import oscar_factory as oscar
from tests.reliability.work import MOMENTS

if TYPE_CHECKING:
    from tests.reliability.crew import Crew

pytestmark = pytest.mark.django_db(transaction=True)


def told() -> Counter[str]:
    return Counter(Event.objects.filter(type="order.placed").values_list("object_id", flat=True))


@pytest.mark.parametrize(
    ("kills", "seed"), [(5, 2), pytest.param(100, 3, marks=pytest.mark.slow)], ids=["5", "100"]
)
def test_a_buyer_killed_after_the_commit(crew: Crew, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    mug, ann = oscar.make_product(price=1000, stock=kills + 5), oscar.make_user()
    moments = [MOMENTS[n % len(MOMENTS)] for n in range(kills)]
    chance.shuffle(moments)
    for number, moment in enumerate(moments):
        crew.start("buy", product=mug.pk, user=ann.pk, order=f"K{number}", moment=moment)
        assert set(crew.wait().values()) == {int(signal.SIGKILL)}
    numbers = {f"K{n}" for n in range(kills)}
    orders = set(get_model("order", "Order").objects.values_list("number", flat=True))
    assert orders == numbers
    lost = numbers - told().keys()
    print(f"seed {seed}: {kills} buyers killed, {len(lost)} orders nobody told of")
    # Told is what was committed before the kill; without the reconciler the rest would be lost.
    assert len(lost) == sum(moment != "stored" for moment in moments) > 0
    now = timezone.now()
    assert reconcile(now=now).orders == len(lost)
    assert reconcile(now=now + timedelta(minutes=5)).orders == 0
    assert told() == Counter(numbers)
    pipeline.drain(now=now + timedelta(minutes=5))
    assert OrderFact.objects.count() == kills
