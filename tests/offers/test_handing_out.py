"""A mail and a popup that carry an offer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail

from clm_plugin.campaigns.api import Audience, Guardrails, Person, Plan, Step, Trigger
from clm_plugin.messages import api as messages
from clm_plugin.messages.models import Delivery
from clm_plugin.messages.operations import deliver
from clm_plugin.offers import api as offers
from clm_plugin.offers.models import OfferCode, OfferGrant
from clm_plugin.testing.clock import FrozenClock
from clm_plugin.widgets.data import OVERLAY, Refusal, Request, Slot, Surroundings
from clm_plugin.widgets.kinds.popup import Popup
from tests.factories import NOW
from tests.messages.parts import BASE, SHOP, intent, person, url
from tests.offers.plans import plan, publish

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clm_plugin.profiles.models import Profile

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _shop(settings: Any) -> Iterator[None]:
    settings.CLM = {**settings.CLM, "SHOP": SHOP, "SITE_URL": BASE}
    with FrozenClock(NOW):
        yield


def html_of(message: Any) -> str:
    return str(message.alternatives[0][0])


def sent(profile: Profile, **content: Any) -> Delivery:
    values = {"link": "/", "show_basket": False, "offer": "ten", **content}
    deliver([intent(profile, "", **values)], now=NOW)
    messages.send_due(now=NOW)
    return Delivery.objects.get(profile=profile)


def test_a_mail_gives_the_offer_once_and_prints_her_code_and_link() -> None:
    publish(plan(lasts_days=7))
    row = sent(person(), subject="Code {{ code }}", body="<p>Type {{ code|your code }}.</p>")
    assert row.state == "sent"
    grant = OfferGrant.objects.get()
    code = offers.shown_code(OfferCode.objects.get().text)
    assert (grant.profile_id, grant.source, grant.reason) == (
        row.profile_id, "campaign", "basket-reminder"
    )  # fmt: skip
    message: Any = mail.outbox[0]
    html = html_of(message)
    assert message.subject == f"Code {code}"
    assert f">Type {code}.</p>" in html
    assert message.body.count(code) == 2
    assert "Until the end of" in html
    assert offers.read_link(row.links[-1].rpartition("/")[2]) is not None
    assert f"{BASE}/clm/l/{row.token}/{len(row.links) - 1}" in html
    # Tried again (a server that said later): the same grant, the same code.
    Delivery.objects.update(state="queued")
    messages.send_due(now=NOW)
    assert OfferGrant.objects.count() == OfferCode.objects.count() == 1


def test_a_mail_whose_offer_has_ended_is_not_sent() -> None:
    publish(plan(closes_at=NOW))
    row = sent(person())
    assert (row.state, row.reason, mail.outbox) == ("suppressed", "no_offer", [])


def test_an_offer_for_everybody_needs_no_grant() -> None:
    publish(plan(given="everybody"))
    row = sent(person())
    assert row.state == "sent"
    assert "10 % off" in html_of(mail.outbox[0])
    assert not OfferGrant.objects.exists()


def test_the_mail_in_a_browser_shows_nobodys_code(client: Any) -> None:
    publish(plan())
    row = sent(person())
    answer = client.get(url("mail", row))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Still thinking it over, friend?" in page
    assert offers.shown_code(OfferCode.objects.get().text) not in page
    assert "Use this offer" not in page


def test_a_name_that_looks_like_a_field_gets_no_code() -> None:  # case 16
    publish(plan())
    row = sent(person(first_name="{{ code }}"), heading="Hello {{ first_name|you }}")
    code = offers.shown_code(OfferCode.objects.get().text)
    html = html_of(mail.outbox[0])
    assert re.search(r"Hello \{\{ code \}\}", html)
    assert f"Hello {code}" not in html
    assert row.state == "sent"


def popup(profile: Profile | None, **content: Any) -> Request:
    values = {"heading": "H", "body": "<p>B</p>", "button": "Go", "link": "/", "offer": "ten"}
    step = Step(id="p1", kind="popup", content={**values, **content})
    return Request(
        plan=Plan(
            campaign="leaving",
            version=1,
            name="L",
            trigger=Trigger(kind="exit_signal"),
            audience=Audience(),
            steps=(step,),
            guardrails=Guardrails(),
        ),
        step=step,
        slot=Slot(name=OVERLAY),
        person=Person(profile_id=profile.pk) if profile else None,
        around=Surroundings(),
        now=NOW,
        receipt=None,
    )


def test_a_popup_gives_it_when_it_is_shown() -> None:
    publish(plan())
    her = person()
    for _ in range(2):
        html = Popup().render(popup(her))
        assert offers.shown_code(OfferCode.objects.get().text) in str(html)
    assert OfferGrant.objects.get().profile_id == her.pk


def test_a_popup_whose_offer_is_gone_is_not_shown_and_says_why() -> None:
    publish()
    assert Popup().render(popup(person())) == Refusal(rule="no_offer", inputs={"offer": "ten"})


def test_a_preview_shows_an_example_and_gives_nothing() -> None:
    publish(plan())
    assert "ACDEF-GHJKM" in str(Popup().render(popup(None)))
    assert not OfferGrant.objects.exists()
