"""The form that says which column of a file is what, and how its cells are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clm_plugin.adapters.files.api import TRAIT, Importer, Reading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OWN, OTHER = "customer", "other"


class ColumnsForm(forms.Form):
    dates = forms.ChoiceField(
        label=_("Dates look like"),
        choices=[
            ("iso", "2026-11-22"), ("dmy", "22/11/2026, 22.11.2026"), ("mdy", "11/22/2026"),
        ],
    )  # fmt: skip
    zone = forms.CharField(label=_("Times are those of"), help_text=_("Such as Europe/London."))
    decimal = forms.ChoiceField(
        label=_("Amounts look like"), choices=[(".", "1,234.50"), (",", "1.234,50")]
    )
    currency = forms.RegexField(
        label=_("Currency where none is named"), regex=r"^[A-Za-z]{3}$", max_length=3
    )
    ids = forms.ChoiceField(
        label=_("The ids are"),
        widget=forms.RadioSelect,
        choices=[
            (OWN, _("Of this shop: its customers and orders")),
            (OTHER, _("Of another system, which never mean a customer of this shop")),
        ],
    )
    system = forms.RegexField(
        label=_("Name of that system"),
        regex=r"^[a-z][a-z0-9-]{0,15}$",
        required=False,
        help_text=_("A short word such as till; only for ids of another system."),
    )

    def __init__(
        self,
        *args: Any,
        importer: Importer,
        traits: Sequence[str],
        header: Sequence[str],
        mapping: Mapping[str, str],
        reading: Reading,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        columns = [("", gettext("– not in this file –")), *((name, name) for name in header)]
        self.column_names: list[str] = []
        for field in importer.fields:
            self._column(
                field.key,
                gettext(field.label),
                gettext(field.help),
                columns,
                mapping,
                field.required,
            )
        for key in traits:
            self._column(
                TRAIT + key, key, gettext("A trait that the shop declared."), columns, mapping
            )
        own = reading.ids_are == OWN
        for name, value in (
            ("dates", reading.dates),
            ("zone", reading.zone),
            ("decimal", reading.decimal),
            ("currency", reading.currency),
            ("ids", OWN if own else OTHER),
            ("system", "" if own else reading.ids_are),
        ):
            self.fields[name].initial = value
        if importer.kind in ("spend", "credit"):
            del self.fields["ids"], self.fields["system"]
        if importer.kind == "credit":
            del self.fields["currency"]
        elif importer.kind not in ("orders", "spend"):
            del self.fields["decimal"], self.fields["currency"]

    def _column(
        self,
        key: str,
        label: str,
        help_text: str,
        columns: list[tuple[str, str]],
        mapping: Mapping[str, str],
        required: bool = False,
    ) -> None:
        name = f"column-{key}"
        self.column_names.append(name)
        self.fields[name] = forms.ChoiceField(
            label=label,
            help_text=help_text,
            choices=columns,
            required=required,
            initial=mapping.get(key, ""),
        )

    @property
    def column_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.column_names]

    @property
    def reading_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in self.column_names]

    def clean_zone(self) -> str:
        zone: str = self.cleaned_data["zone"]
        if zone not in available_timezones():
            raise forms.ValidationError(gettext("This is no time zone; try Europe/London or UTC."))
        return zone

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("ids") == OTHER and not cleaned.get("system") and "system" in self.fields:
            self.add_error("system", gettext("Give the system a short name, such as till."))
        return cleaned

    def mapping(self) -> dict[str, str]:
        """Field key -> column, as chosen."""
        return {
            name.removeprefix("column-"): self.cleaned_data.get(name, "")
            for name in self.column_names
        }

    def reading(self) -> Reading:
        said = self.cleaned_data
        return Reading(
            dates=said["dates"],
            decimal=said.get("decimal", "."),
            zone=said["zone"],
            currency=said.get("currency", "").upper(),
            ids_are=said["system"] if said.get("ids") == OTHER else OWN,
        )
