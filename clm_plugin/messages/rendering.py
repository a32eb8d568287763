"""One mail for one recipient: the compiled form with her name, lines and links filled in."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from django.conf import settings as django_settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import check_for_language, ngettext, override

from clm_plugin.messages.fields import (
    ABOUT_FIELDS,
    CREDIT_FIELDS,
    OFFER_FIELDS,
    one_line,
    shown_name,
)
from clm_plugin.messages.form import form_of
from clm_plugin.messages.questions import WORDS
from clm_plugin.messages.targets import own_path, tagged, with_query
from clm_plugin.shop.api import price

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from clm_plugin.messages.data import Lines, ShownLine
    from clm_plugin.messages.form import Form
    from clm_plugin.messages.site import Sender
    from clm_plugin.offers.api import HandedOut
    from clm_plugin.offers.api import Standing as OfferStanding
    from clm_plugin.wallet.api import Standing

_MAX_SUBJECT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who reads it. An empty ``first_name`` greets nobody by name."""

    token: str
    address: str = ""
    first_name: str = ""
    language: str = ""
    offer: HandedOut | None = None
    """What the mail gives her; without one, the part of the mail that tells of it is left out."""
    about: Mapping[str, str] = field(default_factory=dict)
    """The store credit or offer that the mail speaks of, in her language: merge field -> text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A finished mail. ``links``: the targets of its click links, by number."""

    subject: str
    html: str
    text: str
    links: tuple[str, ...]
    language: str


def language_of(preferred: str) -> str:
    """The language a mail is written in: the recipient's if the shop has it, else the shop's."""
    known = {code for code, _ in django_settings.LANGUAGES}
    for code in (preferred, preferred.split("-")[0]):
        if code in known and check_for_language(code):
            return code
    return django_settings.LANGUAGE_CODE


def credit_fields(credit: Standing, preferred: str) -> dict[str, str]:
    """The merge fields about store credit in her language; dates by the shop's clock."""
    with override(language_of(preferred)):
        values = (credit.amount, credit.name, credit.until, credit.since)
        return dict(zip(CREDIT_FIELDS, values, strict=True))


def offer_fields(offer: OfferStanding, preferred: str) -> dict[str, str]:
    """The merge fields about an offer that ends; likewise."""
    with override(language_of(preferred)):
        return dict(zip(OFFER_FIELDS, (offer.offer.title, offer.until), strict=True))


def render(
    content: Mapping[str, Any], *, campaign: str, recipient: Recipient, lines: Lines, sender: Sender
) -> Rendered:
    """A mail with everything in it. Raises LayoutError when the layout of mails is broken."""
    language = language_of(recipient.language)
    content = {**content, "offer": recipient.offer is not None}
    form = form_of(content, campaign=campaign, language=language, sender=sender)
    with override(language):
        # A mail about a basket leads back to it, any other one where its author said.
        link = own_path(content["link"], sender.host) or "/" if content.get("link") else ""
        back = tagged(link or reverse("clm:restore", args=[recipient.token]), campaign)
        fixed = [
            back,
            *form.targets,
            *_answer_targets(form, recipient),
            *_offer_targets(recipient, back),
        ]
        targets = [*fixed, *_product_targets(lines, campaign, sender.host)]
        urls = [_click_url(sender, recipient.token, number) for number in range(len(targets))]
        values = _links(form, recipient, sender, urls)
        html = form.html.fill(
            values
            | {gap: escape(text) for gap, text in _fields(form, recipient, lines, sender).items()}
            | {gap: escape(text) for gap, text in _offer_words(recipient).items()}
            | _rows(lines, sender, urls[len(fixed) :], "html")
        )
        plain = values | _fields(form, recipient, lines, sender) | _offer_words(recipient)
        text = form.text.fill(plain | _rows(lines, sender, urls[len(fixed) :], "txt"))
    return Rendered(
        subject=one_line(form.subject.fill(plain))[:_MAX_SUBJECT],
        html=html,
        text=text,
        links=tuple(targets),
        language=language,
    )


def message_of(
    mail: Rendered, *, to: str, token: str, campaign: str, sender: Sender
) -> EmailMultiAlternatives:
    """The e-mail itself. Raises ValueError (BadHeaderError) for an address with a line end."""
    leave = sender.base + reverse("clm:unsubscribe", args=[token])
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=sender.address,
        to=[to],
        headers={
            "Message-ID": f"<{token}@{sender.host}>",
            "List-ID": f"<{campaign}.clm.{sender.host}>",
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "Feedback-ID": f"{campaign}:clm:{sender.host}",
            "Content-Language": mail.language,
        },
    )
    message.attach_alternative(mail.html, "text/html")
    return message


def _links(form: Form, who: Recipient, sender: Sender, urls: Sequence[str]) -> dict[str, str]:
    pages = {
        name: sender.base + reverse(f"clm:{view}", args=[who.token])
        for name, view in (
            ("unsubscribe", "unsubscribe"),
            ("preferences", "preferences"),
            ("browser", "mail"),
        )
    }
    authored = {f"link{number}": urls[1 + number] for number in range(len(form.targets))}
    first = 1 + len(form.targets)
    answers = {f"answer{number}": urls[first + number] for number in range(len(form.answers))}
    offer = {"offerlink": urls[first + len(form.answers)]} if who.offer else {}
    return {"back": urls[0], **pages, **authored, **answers, **offer}


def _offer_targets(who: Recipient, back: str) -> list[str]:
    """Where she takes her offer up; one that needs no taking up leads where the button does."""
    return [who.offer.path or back] if who.offer else []


def _offer_words(who: Recipient) -> dict[str, str]:
    """The gaps of the part that tells of an offer, as plain text."""
    offer = who.offer
    if offer is None:
        return {}
    return {
        "offertitle": offer.title,
        "offergives": offer.gives if offer.code else "",
        "offercode": offer.code or offer.gives,
        "offersmall": " ".join(offer.small),
    }


def _answer_targets(form: Form, who: Recipient) -> list[str]:
    page = reverse("clm:answer", args=[who.token]) if form.answers else ""
    return [page if value == WORDS else with_query(page, v=value) for value in form.answers]


def _click_url(sender: Sender, token: str, number: int) -> str:
    return sender.base + reverse("clm:click", args=[token, number])


def _fields(form: Form, who: Recipient, lines: Lines, sender: Sender) -> dict[str, str]:
    values = {
        "first_name": shown_name(who.first_name),
        "items": str(lines.items),
        "shop_name": sender.name,
        "code": who.offer.code if who.offer else "",
        **{name: who.about.get(name, "") for name in ABOUT_FIELDS},
    }
    return {gap: values[name] or stand_in for gap, (name, stand_in) in form.fields.items()}


def _product_targets(lines: Lines, campaign: str, host: str) -> list[str]:
    return [tagged(own_path(line.url, host) or "/", campaign) for line in lines.shown]


def _rows(lines: Lines, sender: Sender, urls: Sequence[str], kind: str) -> dict[str, str]:
    shown = [
        {**priced(line), "url": url, "image": absolute(line.image_url, sender)}
        for line, url in zip(lines.shown, urls, strict=True)
    ]
    rows = render_to_string(f"clm_plugin/messages/mail_rows.{kind}", {"rows": shown})
    notice = ""
    if lines.missing:
        notice = ngettext(
            "One thing from your basket is sold out or no longer available.",
            "%(count)s things from your basket are sold out or no longer available.",
            lines.missing,
        ) % {"count": lines.missing}
    return {"rows": rows, "notice": escape(notice) if kind == "html" else notice}


def priced(line: ShownLine) -> dict[str, Any]:
    """A line with its prices written in the language in force."""
    return {"line": line, "unit": price(line.unit), "total": price(line.total)}


def absolute(url: str, sender: Sender) -> str:
    """A picture's address as a mail needs it; "" for what is no web address."""
    if url.startswith(("https://", "http://")):
        return url
    return sender.base + url if own_path(url, sender.host) else ""
