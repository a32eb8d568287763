"""Forms of the refund panel on an order's dashboard page."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from demo_shop import refunds


class RefundAmountForm(forms.Form):
    """A sum of money, no more than what is left."""

    amount = forms.DecimalField(
        label=gettext_lazy("Amount"),
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.01", "class": "form-control"}),
    )

    def __init__(self, *args: Any, left: Decimal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = left
        self.fields["amount"].widget.attrs["max"] = str(left)

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if amount > self.left:
            raise forms.ValidationError(
                _("Only %(left)s can still be refunded."), params={"left": self.left}
            )
        return amount


class RefundLinesForm(forms.Form):
    """How many of each line to refund, and whether the postage goes back too."""

    shipping = forms.BooleanField(label=gettext_lazy("Refund the delivery charge"), required=False)

    def __init__(self, *args: Any, order: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        self.lines = list(order.lines.all())
        if refunds.is_delivery_refunded(order):
            self.fields["shipping"].disabled = True
            self.fields["shipping"].help_text = _("It was refunded before.")
        for line in self.lines:
            left = refunds.line_left(line)
            self.fields[f"line_{line.pk}"] = forms.IntegerField(
                label=line.title,
                min_value=0,
                max_value=left,
                initial=0,
                required=False,
                disabled=left == 0,
                help_text=_("up to %(left)s") % {"left": left},
                widget=forms.NumberInput(attrs={"class": "form-control"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not cleaned.get("shipping") and not self.chosen()[0]:
            raise forms.ValidationError(_("Choose at least one item or the delivery charge."))
        return cleaned

    def chosen(self) -> tuple[list[Any], list[int]]:
        """The lines to refund and how many of each."""
        pairs = [(line, self.cleaned_data.get(f"line_{line.pk}") or 0) for line in self.lines]
        picked = [(line, quantity) for line, quantity in pairs if quantity]
        return [line for line, _quantity in picked], [quantity for _line, quantity in picked]

    def shipping_amount(self) -> Decimal:
        if not self.cleaned_data.get("shipping"):
            return Decimal("0.00")
        return Decimal(self.order.shipping_incl_tax)
