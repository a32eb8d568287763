"""Traits: what the shop declares, how many people have each, and what comes in undeclared."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from clm_plugin import clock, jobs
from clm_plugin.console.customers import FigureColumn
from clm_plugin.console.guard import Guarded, may
from clm_plugin.console.listing import ListingSet
from clm_plugin.console.wording import whole
from clm_plugin.events.models import Event
from clm_plugin.profiles.api import BUILT_IN, clear_trait, typed
from clm_plugin.profiles.models import TraitDefinition, TraitValue
from clm_plugin.refold import retell_stale

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

DECLARE = "clm_plugin.add_traitdefinition"
AT_ONCE = 20_000
"""Events up to which a trait is told anew while the page waits; more are a worker's."""
LOOKED_AT = 1_000
"""The latest events that are searched for keys nobody declared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undeclared:
    """A key that comes in and is stored nowhere but in the log."""

    key: str
    kind: str
    seen: int
    example: str

    @property
    def kind_label(self) -> str:
        return str(TraitDefinition.Kind(self.kind).label)


def undeclared() -> list[Undeclared]:
    """The keys of the latest events that no trait takes, the frequent first; two queries."""
    known = {*BUILT_IN, *TraitDefinition.objects.values_list("key", flat=True)}
    rows = Event.objects.filter(type="profile.identified").order_by("-occurred_at")
    values: dict[str, list[Any]] = {}
    for payload in rows.values_list("payload", flat=True)[:LOOKED_AT]:
        for key, value in payload.get("traits", {}).items():
            if key not in known and value is not None and is_key(key):
                values.setdefault(key, []).append(value)
    found = [
        Undeclared(key=key, kind=guess(seen), seen=len(seen), example=str(seen[0])[:60])
        for key, seen in values.items()
    ]
    return sorted(found, key=lambda each: (-each.seen, each.key))[:20]


def is_key(text: str) -> bool:
    """Whether a key can be declared as it comes."""
    field = TraitDefinition._meta.get_field("key")
    try:
        field.clean(text, None)
    except forms.ValidationError:
        return False
    return not text.startswith("survey.")


def guess(values: Iterable[Any]) -> str:
    """The narrowest type that fits all examples."""
    seen = list(values)
    if all(isinstance(value, bool) for value in seen):
        return str(TraitDefinition.Kind.BOOLEAN)
    for kind in (TraitDefinition.Kind.NUMBER, TraitDefinition.Kind.DATE):
        if all(typed(value, kind, told_at=clock.now(), strong=False, source="") for value in seen):
            return str(kind)
    return str(TraitDefinition.Kind.TEXT)


def tell_anew() -> bool:
    """Have declared traits and life events told from the log; False when a worker does it later."""
    retell_stale(now=clock.now(), limit=AT_ONCE)
    if not TraitDefinition.objects.filter(is_stale=True).exists():
        return True
    jobs.send_soon("clm_plugin.retell")
    return False


class TraitForm(WagtailAdminModelForm):
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For one of a list: a choice on each line."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["choices"] = "\n".join(self.instance.choices or ())
        if self.instance.pk:
            self.fields["key"].disabled = True

    def clean_choices(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["choices"].splitlines()]
        return list(dict.fromkeys(line[:255] for line in lines if line))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        if data.get("kind") == TraitDefinition.Kind.CHOICE and not data.get("choices"):
            self.add_error("choices", _("Write down what can be chosen."))
        return data

    def save(self, commit: bool = True) -> TraitDefinition:
        self.instance.is_stale = True
        saved: TraitDefinition = super().save(commit)
        return saved


class Telling:
    """Mixin of the views that save a definition: what was said before counts by it from now on."""

    request: HttpRequest

    def save_instance(self) -> Any:
        view: Any = super()
        saved = view.save_instance()
        if not tell_anew():
            text = gettext("What people said before is being read from the log; it will follow.")
            messages.info(self.request, text)
        return saved


class TraitIndexView(generic.IndexView):
    template_name = "clm_plugin/console/trait_index.html"
    results_template_name = "clm_plugin/console/trait_index_results.html"

    @cached_property
    def people(self) -> dict[str, int]:
        rows = TraitValue.objects.exclude(key__startswith="survey.").values_list("key")
        return dict(rows.annotate(n=Count("pk")).order_by())

    @cached_property
    def columns(self) -> list[Any]:
        return [
            self._get_title_column("label"),
            Column("key", label=_("Key")),
            Column("kind", label=_("Type"), accessor="get_kind_display"),
            Column("rule", label=_("Which word counts"), accessor="get_rule_display"),
            FigureColumn(
                "people",
                label=_("People"),
                classname="clm-number",
                accessor=lambda each: whole(self.people.get(each.key, 0)),
            ),
        ]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return {
            **context,
            "undeclared": undeclared(),
            "may_declare": may(self.request, DECLARE),
            "built_in": [(key, self.people.get(key, 0)) for key in BUILT_IN],
        }


class TraitCreateView(Telling, generic.CreateView):
    pass


class TraitEditView(Telling, generic.EditView):
    pass


class TraitDeleteView(generic.DeleteView):
    confirmation_message = _(
        "Nobody has this trait any more then, and segments that ask for it find nobody. What was"
        " said stays in the log: declared again, the trait comes back."
    )

    def delete_action(self) -> None:
        with transaction.atomic():
            clear_trait(self.object.key)
            super().delete_action()


class DeclareView(Guarded, View):
    """Declares a key that came in, with the type its values have."""

    permission = DECLARE
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        key = request.POST.get("key", "")
        found = next((each for each in undeclared() if each.key == key), None)
        if found is None:
            messages.warning(request, gettext("There was nothing to declare: somebody was faster."))
            return redirect("clm_traits:index")
        try:
            with transaction.atomic():
                made = TraitDefinition.objects.create(
                    key=key, label=label_for(key), kind=found.kind
                )
        except IntegrityError:
            return redirect("clm_traits:index")
        if tell_anew():
            people = TraitValue.objects.filter(key=key).count()
            text = ngettext(
                "“%(label)s” is a trait now; %(n)s person has it.",
                "“%(label)s” is a trait now; %(n)s people have it.",
                people,
            ) % {"label": made.label, "n": whole(people)}
        else:
            text = gettext("“%(label)s” is a trait now. What people said before will follow.") % {
                "label": made.label
            }
        edit = messages.button(reverse("clm_traits:edit", args=(made.pk,)), gettext("Edit"))
        messages.success(request, text, buttons=[edit])
        return redirect("clm_traits:index")


def label_for(key: str) -> str:
    """``favourite_colour`` and ``favouriteColour`` as words."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[_.-]+", " ", key)
    return " ".join(spaced.split()).capitalize()


class TraitViewSet(ListingSet, ModelViewSet):
    model = TraitDefinition
    name = "clm_traits"
    url_namespace = "clm_traits"
    url_prefix = "lifecycle/traits"
    icon = "tag"
    menu_label = _("Traits")
    menu_name = "clm-traits"
    edit_handler = ObjectList(
        [FieldPanel(name) for name in ("label", "key", "kind", "choices", "rule", "sensitive")],
        base_form_class=TraitForm,
    )
    index_view_class = TraitIndexView
    add_view_class = TraitCreateView
    edit_view_class = TraitEditView
    delete_view_class = TraitDeleteView
    copy_view_enabled = False
    inspect_view_enabled = False
    search_fields = ["label", "key"]
    search_backend_name = None
    index_template_name = "clm_plugin/console/trait_index.html"
    index_results_template_name = "clm_plugin/console/trait_index_results.html"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("declare/", DeclareView.as_view(), name="declare"),
        ]
