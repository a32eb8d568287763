"""Store credit of an offer keeps to the time in which its programme's credit can be spent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clm_plugin.offers import api as offers
from clm_plugin.offers.plan import Effect
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.plan import Expiry, Programme
from clm_plugin.wallet.publishing import publish as publish_programme
from tests.factories import NOW
from tests.offers.plans import person, plan, publish

pytestmark = pytest.mark.django_db
OPENS = NOW + timedelta(days=10)


def taken_up(days: int = 0, **rules: object) -> int:
    """Who took up £5 of credit that may be spent from the tenth day on."""
    fields: dict[str, object] = {"name": "Tea", "currency": "GBP", "redeem_from": OPENS, **rules}
    publish_programme(Programme(key="tea", version=0, **fields), now=NOW)  # type: ignore[arg-type]
    effect = Effect(kind="store_credit", amount_minor=500, programme="tea", days=days)
    publish(plan("five", effect=effect, given="grant"))
    her = person()
    grant = offers.grant_offer(profile_id=her, offer="five", key="k", reason="", now=NOW)
    offers.accept(grant.id, now=NOW)
    return her


def test_it_cannot_be_spent_before_the_programmes_credit_can() -> None:
    her = taken_up()
    assert wallet.balance(her, "GBP", now=NOW).available_minor == 0
    assert wallet.balance(her, "GBP", now=NOW).pending_minor == 500
    assert wallet.balance(her, "GBP", now=OPENS).available_minor == 500


@pytest.mark.parametrize("days", [0, 7])
def test_its_days_begin_when_it_opens(days: int) -> None:
    """Seven days of credit that opens on the tenth: not over before it began."""
    her = taken_up(days, expiry=Expiry(kind="days", days=7))
    (lot,) = wallet.lots(her, now=NOW)
    assert lot.opens_at == OPENS
    assert lot.expires_at is not None
    assert timedelta(days=7) <= lot.expires_at - OPENS < timedelta(days=8)


def test_it_ends_with_the_window() -> None:
    her = taken_up(30, redeem_until=OPENS + timedelta(days=3))
    (lot,) = wallet.lots(her, now=NOW)
    assert lot.expires_at == OPENS + timedelta(days=3)
