"""A field to choose by name what is stored by id: products, categories, countries, segments."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail.admin.telepath import register
from wagtail.admin.telepath.widgets import WidgetAdapter

LIMIT = 200
"""Choices in one field; who needs more means a category, or a list from a file."""


class PickInput(forms.TextInput):
    """A search box with a chip for each choice; the value is a JSON list of ids.

    Without a search (the shop's adapter has none) ids can be typed.
    """

    template_name = "clm_plugin/console/segment_pick.html"

    def __init__(self, kind: str, *, many: bool = True) -> None:
        super().__init__()
        self.kind = kind
        self.many = many

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        try:
            url = reverse("clm_segments:pick", args=(self.kind,))
        except NoReverseMatch:  # outside the admin: nobody is there to choose
            url = ""
        return {**context, "kind": self.kind, "many": self.many, "url": url}

    @property
    def media(self) -> forms.Media:
        return forms.Media(
            js=["clm_plugin/console/segment-pick.js"],
            css={"all": ["clm_plugin/console/segment-editor.css"]},
        )


class PickAdapter(WidgetAdapter):
    js_constructor = "clm.Pick"

    @cached_property
    def media(self) -> forms.Media:
        before: forms.Media = super().media
        return before + forms.Media(js=["clm_plugin/console/segment-pick.js"])


register(PickAdapter(), PickInput)


class PickField(forms.Field):
    """Ids as a list of text; reads a JSON list or, typed by hand, ids with commas between."""

    def prepare_value(self, value: Any) -> Any:
        return json.dumps(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> list[str]:
        if value in self.empty_values:
            return []
        if isinstance(value, str):
            value = _read(value)
        if not isinstance(value, list | tuple):
            value = [value]
        found = list(dict.fromkeys(str(item).strip() for item in value))
        return [item for item in found if item]

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if len(value) > LIMIT:
            raise ValidationError(_("At most %(limit)s can be chosen here.") % {"limit": LIMIT})
        if any(len(item) > 64 or "\x00" in item for item in value):
            raise ValidationError(_("One of these is too long to be an id."))


def _read(text: str) -> Any:
    if text.lstrip().startswith("["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return []
    return text.split(",")


class PickBlock(blocks.FieldBlock):
    """Things chosen by name; the value is a list of ids.

    ``kind`` names the search (``console/segments_pick.py``): ``product``, ``category``,
    ``country``, ``language``, ``segment``, ``channel``.
    """

    def __init__(
        self, kind: str = "", *, required: bool = True, help_text: Any = None, **kwargs: Any
    ) -> None:
        self.field = PickField(required=required, help_text=help_text, widget=PickInput(kind))
        super().__init__(**kwargs)

    def get_default(self) -> Any:
        return super().get_default() or []

    def value_from_form(self, value: Any) -> list[str]:
        # What the browser sends is still text here; a field's own cleaning comes only after.
        return self.field.to_python(value)

    def normalize(self, value: Any) -> list[str]:
        return [str(item) for item in value] if isinstance(value, list | tuple) else []

    def to_python(self, value: Any) -> list[str]:
        return self.normalize(value)

    class Meta:
        icon = "search"
        default: tuple[str, ...] = ()
