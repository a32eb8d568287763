"""One person's privacy: every answer she gave, her data to take along, her being forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from clm_plugin import clock
from clm_plugin.console.guard import ERASE_PEOPLE, EXPORT_PEOPLE, SEE_PEOPLE, Guarded, may
from clm_plugin.console.privacy_audit import ERASED, EXPORTED, note
from clm_plugin.console.privacy_words import ERASURE, SOURCES
from clm_plugin.console.wording import purpose
from clm_plugin.privacy.api import data_map, erase, export, history_of, preview, texts
from clm_plugin.profiles.api import Person, person_of
from clm_plugin.profiles.models import Profile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from clm_plugin.privacy.api import Consent


def find(pk: int) -> tuple[Profile, Person]:
    """The person behind a profile, a merged one included. Raises Http404."""
    person = person_of(pk)
    profile = Profile.objects.filter(pk=person.root).first() if person else None
    if person is None or profile is None:
        raise Http404
    return profile, person


class _Screen(Guarded, WagtailAdminTemplateMixin):
    header_icon = "lock"
    kwargs: dict[str, Any]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        view: Any = super()
        view.setup(request, *args, **kwargs)
        self.profile, self.person = find(kwargs["pk"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        from clm_plugin.console.customer import name_of

        page = reverse("clm_customers:customer", args=(self.profile.pk,))
        return [
            *self.breadcrumbs_items,
            {"url": reverse("clm_customers:index"), "label": _("Customers")},
            {"url": page, "label": name_of(self.profile)},
            {"url": "", "label": self.get_page_title()},
        ]


class ConsentLogView(_Screen, TemplateView):
    permission = SEE_PEOPLE
    page_title = _("Privacy")
    template_name = "clm_plugin/console/privacy_person.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        log = history_of(list(self.person.actors))
        return super().get_context_data(
            profile=self.profile,
            log=told_answers(log),
            current=told_answers(current_of(log)),
            may_export=may(self.request, EXPORT_PEOPLE),
            may_erase=may(self.request, ERASE_PEOPLE),
            **kwargs,
        )


def current_of(log: Sequence[Consent]) -> list[Consent]:
    """The latest answer to each purpose and channel."""
    latest: dict[tuple[str, str], Consent] = {}
    for answer in log:
        latest.setdefault((answer.purpose, answer.channel), answer)
    return [latest[key] for key in sorted(latest)]


def told_answers(log: Sequence[Consent]) -> list[dict[str, Any]]:
    """Answers in words, each with the text that was shown; one query."""
    known = texts([str(answer.proof.get("text", "")) for answer in log])
    return [
        {
            "answer": answer,
            "purpose": purpose(answer.purpose, answer.channel),
            "source": SOURCES.get(answer.source, answer.source),
            "text": known.get(str(answer.proof.get("text", ""))),
            "hash": str(answer.proof.get("text", ""))[:12],
            "told_by": answer.proof.get("told_by", ""),
            "ip": str(answer.proof.get("ip", ""))[:12],
        }
        for answer in log
    ]


class ExportView(Guarded, View):
    """The zip of one person. POST only: it leaves an entry in the audit log."""

    permission = EXPORT_PEOPLE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        profile, _person = find(pk)
        pieces = export(profile.pk, now=clock.now())
        if pieces is None:
            raise Http404
        note(EXPORTED, profile, user=request.user)
        response = StreamingHttpResponse(pieces, content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="profile-{profile.pk}.zip"'
        response["Cache-Control"] = "no-store"
        return response


class EraseForm(forms.Form):
    """Whoever erases types what she reads: nobody erases by a slip of the hand."""

    word = forms.CharField(label=_("Confirmation"), max_length=254, strip=True)

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected
        self.fields["word"].widget.attrs.update(autocomplete="off", autocapitalize="off")

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"]
        if word.casefold() != self.expected.casefold():
            raise forms.ValidationError(
                gettext("Type %(word)s to erase this person.") % {"word": f"“{self.expected}”"}
            )
        return word


class EraseView(_Screen, FormView):
    permission = ERASE_PEOPLE
    page_title = _("Erase")
    header_icon = "bin"
    template_name = "clm_plugin/console/privacy_erase.html"
    form_class = EraseForm

    @property
    def expected(self) -> str:
        # Not translated: a word to type must be one that every keyboard has.
        return self.profile.email or self.profile.first_name or "erase"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "expected": self.expected}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        foreseen = preview(self.profile.pk) or {}
        words = {line.name.replace(" ", "_"): line.holds for line in data_map()}
        return super().get_context_data(
            profile=self.profile,
            expected=self.expected,
            rows=[
                (gettext(words[name]), count, ERASURE[how], how)
                for name, (count, how) in sorted(
                    foreseen.items(), key=lambda each: (each[1][1] == "delete", each[0])
                )
            ],
            **kwargs,
        )

    def form_invalid(self, form: EraseForm) -> HttpResponse:
        # The field stands below all that will happen: say it where she looks.
        messages.error(self.request, gettext("Nobody was erased: the word was another one."))
        return super().form_invalid(form)

    def form_valid(self, form: EraseForm) -> HttpResponse:
        note(ERASED, self.profile, user=self.request.user)
        done = erase(self.profile.pk, now=clock.now(), asked_by="console")
        if done is None:
            raise Http404
        messages.success(self.request, gettext("The person was erased."))
        return redirect("clm_customers:index")
