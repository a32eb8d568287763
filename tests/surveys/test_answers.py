"""An answer from a page or a mail becomes an event and the person's trait."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from clm_plugin import clock, pipeline
from clm_plugin.campaigns.authoring import Campaign
from clm_plugin.campaigns.compile import recompile_asking
from clm_plugin.models import CompiledPlan, Delivery, Event, Identifier, Survey, TraitValue
from clm_plugin.surveys import api as surveys
from tests.factories import NOW, days, new, order, store

pytestmark = pytest.mark.django_db

ME = "customer:1"


@pytest.fixture(autouse=True)
def _shop(settings: Settings) -> None:
    settings.CLM = {"GLOBAL_HOLDOUT": 0.0, "QUIET_HOURS": (0, 0)}


def survey(key: str = "nps", **fields: Any) -> Survey:
    values = {"name": key, "question": "Would you recommend us?", "kind": "nps"} | fields
    made = Survey(key=key, **values)
    made.full_clean()
    made.save()
    return made


def known() -> None:
    at = clock.now()
    store(
        new("customer.registered", ME, at, email="ada@example.com", first_name="Ada"),
        new("consent.given", ME, at, purposes=["mail"]),
        at=at,
    )
    pipeline.drain(now=at)


def answer(value: str, words: str = "", at: Any = NOW, about: str = "r1") -> bool:
    question = surveys.question("nps")
    assert question is not None
    new_one = surveys.answer(question, value, words, actor=ME, about=about, now=at)
    pipeline.drain(now=clock.now())
    return new_one


def test_choices_are_needed_where_there_is_a_choice() -> None:
    with pytest.raises(ValidationError, match="two to ten"):
        survey("how", kind="choice", choices="Only one\n\nOnly one")
    assert survey("how", kind="choice", choices="A\n B \nA\n").listed_choices == ("A", "B")


def test_the_same_answer_counts_once_and_another_one_replaces_it() -> None:
    survey()
    known()
    at = clock.now()
    assert answer("9", at=at)
    assert not answer("9", at=at)
    assert answer("3", at=at + timedelta(milliseconds=1))
    assert Event.objects.filter(type="survey.answered").count() == 2


def on_page(client: Client, **body: Any) -> Any:
    return client.post(
        "/clm/survey",
        json.dumps(body),
        content_type="application/json",
        headers={"Sec-Fetch-Site": "same-origin", "User-Agent": "Mozilla/5.0 Firefox/140"},
    )


def test_an_answer_on_the_page_needs_somebody_it_could_belong_to(client: Client) -> None:
    survey()
    assert on_page(client, survey="nps", value="9").status_code in (200, 403)
    client.cookies["clm_c"] = "0"
    refused = on_page(client, survey="nps", value="9")
    assert (refused.status_code, refused.json()["field"]) == (403, "consent")


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"survey": "nps", "value": "11"}, 400, "value"),
        ({"survey": "nps", "value": 9}, 400, "value"),
        ({"survey": "gone", "value": "9"}, 404, "survey"),
        ({"survey": "nps", "value": "9", "words": "\x00"}, 400, "words"),
        ({"survey": "nps", "value": "9", "words": "x" * 1001}, 400, "words"),
    ],
)
def test_bad_answers_say_which_field(
    client: Client, body: dict[str, Any], status: int, field: str
) -> None:
    survey()
    client.cookies["clm_v"] = "a" * 32
    response = on_page(client, **body)
    assert (response.status_code, response.json()["field"]) == (status, field)


def test_a_visitors_answer_is_hers(client: Client) -> None:
    survey()
    client.cookies["clm_v"] = "a" * 32
    assert on_page(client, survey="nps", value="9", words="Nice").json() == {"new": True}
    event = Event.objects.get(type="survey.answered")
    assert event.actor == f"visitor:{'a' * 32}"
    assert event.payload | {"score": 9, "answer": "Nice"} == event.payload


def mailed() -> Delivery:
    survey(follow_up="What is missing?", thanks="Lovely, thank you!")
    made = Campaign(key="ask", name="Ask", trigger=[("event", {"event": "order.placed"})])
    made.steps = [
        (
            "mail",
            {"subject": "How was it?", "heading": "Hello", "body": "<p>You</p>", "button": "Shop",
             "survey": "nps"},
        )
    ]  # fmt: skip
    made.save()
    made.save_revision().publish()
    known()
    store(order(ME, "o1", at=clock.now()), at=clock.now())
    pipeline.drain(now=clock.now())
    pipeline.sweep(now=clock.now() + timedelta(hours=2), send=False)
    return Delivery.objects.get()


def test_a_mail_has_a_link_for_each_answer(mailoutbox: list[Any]) -> None:
    mailed()
    pipeline.send_mails(now=clock.now() + timedelta(hours=2))
    delivery = Delivery.objects.get()
    assert [link for link in delivery.links if "/a/" in link] == [
        f"/clm/a/{delivery.token}?v={score}" for score in range(11)
    ]
    (mail,) = mailoutbox
    html = mail.alternatives[0][0]
    assert "Would you recommend us?" in html
    assert "in your basket" not in html + mail.body
    numbers = [delivery.links.index(f"/clm/a/{delivery.token}?v={n}") for n in range(11)]
    assert all(f"/clm/l/{delivery.token}/{number}" in html for number in numbers)


def test_looking_at_an_answer_records_nothing_and_posting_it_does(client: Client) -> None:
    delivery = mailed()
    page = f"/clm/a/{delivery.token}"
    for _ in range(3):
        assert client.get(f"{page}?v=9").status_code == 200
        assert client.head(f"{page}?v=9").status_code == 200
    pipeline.drain(now=clock.now())
    assert not Event.objects.filter(type="survey.answered").exists()
    assert b'value="9" required checked' in client.get(f"{page}?v=9").content
    done = client.post(page, {"value": "9", "words": "More tins"})
    assert b"Lovely, thank you!" in done.content
    assert client.post(page, {"value": "77"}).status_code == 400
    pipeline.drain(now=clock.now())
    assert Event.objects.get(type="survey.answered").actor == ME


def test_an_unknown_token_and_a_mail_without_a_question_lead_nowhere(client: Client) -> None:
    assert client.get("/clm/a/nobody").status_code == 404


def test_the_question_in_a_campaign_follows_the_survey() -> None:
    mailed()
    asked = Survey.objects.get()
    asked.question = "And now?"
    asked.save()
    assert recompile_asking("nps", now=NOW) == ["ask"]
    (step,) = CompiledPlan.objects.get().plan["steps"]
    assert step["content"]["question"]["text"] == "And now?"


def test_results_in_a_fixed_number_of_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    asked = survey().as_question()
    for number, score in enumerate([10, 9, 3]):
        who = f"customer:{number}"
        store(new("customer.registered", who, NOW - days(1), email=f"{number}@example.com"))
        pipeline.drain(now=NOW)
        profile = Identifier.objects.get(actor=who).profile_id
        TraitValue.objects.create(
            profile_id=profile, key="survey.nps", number=score, told_at=NOW, source="plugin"
        )
    with django_assert_max_num_queries(5):
        found = surveys.results(asked)
    assert found.answers == 3
    assert round(found.score or 0) == 33
    assert [bar.count for bar in found.bars] == [0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1]
    assert [(group.key, group.answers) for group in found.stages] == [("acquire", 3)]
    assert surveys.answer_counts() == {"nps": 3}


def test_who_has_answered_is_left_in_peace() -> None:
    asked = survey(ask_again_days=30).as_question()
    known()
    profile = Identifier.objects.get(actor=ME).profile_id
    assert not surveys.has_answered(profile, asked, now=NOW)
    TraitValue.objects.create(profile_id=profile, key="survey.nps", number=3, told_at=NOW)
    assert surveys.has_answered(profile, asked, now=NOW + days(29))
    assert not surveys.has_answered(profile, asked, now=NOW + days(31))
