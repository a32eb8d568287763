"""The address form of this shop and the card form of the payment page."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from oscar.apps.checkout.forms import ShippingAddressForm as OscarShippingAddressForm
from oscar.apps.payment.bankcards import luhn

from demo_shop import clock, gateway

HOME_COUNTRY = "GB"
AUTOCOMPLETE = {
    "first_name": "given-name",
    "last_name": "family-name",
    "line1": "address-line1",
    "line2": "address-line2",
    "line4": "address-level2",
    "postcode": "postal-code",
    "country": "country",
    "phone_number": "tel",
}


class ShippingAddressForm(OscarShippingAddressForm):
    """Oscar's form without the lines nobody here fills in, and at home by default."""

    class Meta(OscarShippingAddressForm.Meta):
        fields = (*AUTOCOMPLETE, "notes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in AUTOCOMPLETE.items():
            if name in self.fields:
                self.fields[name].widget.attrs["autocomplete"] = value
        self.fields["notes"].widget.attrs["rows"] = 2
        if "country" in self.fields:
            self.fields["country"].initial = HOME_COUNTRY


class CardForm(forms.Form):
    """Checks a card's form only; whether it pays is the gateway's business."""

    name = forms.CharField(
        label=gettext_lazy("Name on card"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "cc-name"}),
    )
    number = forms.CharField(
        label=gettext_lazy("Card number"),
        max_length=23,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "cc-number",
                "inputmode": "numeric",
                "placeholder": "4242 4242 4242 4242",
            }
        ),
    )
    expiry = forms.CharField(
        label=gettext_lazy("Expiry date"),
        max_length=7,
        widget=forms.TextInput(
            attrs={"autocomplete": "cc-exp", "inputmode": "numeric", "placeholder": "MM / YY"}
        ),
    )
    code = forms.CharField(
        label=gettext_lazy("Security code"),
        min_length=3,
        max_length=4,
        widget=forms.TextInput(
            attrs={"autocomplete": "cc-csc", "inputmode": "numeric", "placeholder": "123"}
        ),
    )

    def clean_number(self) -> str:
        digits = re.sub(r"[\s-]", "", self.cleaned_data["number"])
        # The gateway's two failing test numbers have to pass, whatever their check digit.
        known = digits in gateway.OUTCOMES
        if not known and not (digits.isdigit() and 12 <= len(digits) <= 19 and luhn(digits)):
            raise forms.ValidationError(_("This is not a card number."))
        return digits

    def clean_expiry(self) -> str:
        match = re.fullmatch(r"(\d{1,2})\s*/?\s*(?:20)?(\d{2})", self.cleaned_data["expiry"])
        if match is None or not 1 <= int(match[1]) <= 12:
            raise forms.ValidationError(_("Write the month and the year, such as 08 / 29."))
        today = clock.now()
        if (2000 + int(match[2]), int(match[1])) < (today.year, today.month):
            raise forms.ValidationError(_("This card has expired."))
        return match[0]

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if not code.isdigit():
            raise forms.ValidationError(_("The security code has three or four digits."))
        return code

    def token(self) -> gateway.CardToken:
        """The card's token; call it on a valid form only."""
        data: dict[str, Any] = self.cleaned_data
        return gateway.tokenise(data["number"])
