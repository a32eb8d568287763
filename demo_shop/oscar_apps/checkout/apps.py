from typing import Any

from django.urls import path
from oscar.apps.checkout.apps import CheckoutConfig as OscarCheckoutConfig


class CheckoutConfig(OscarCheckoutConfig):
    name = "demo_shop.oscar_apps.checkout"

    def get_urls(self) -> list[Any]:
        from demo_shop.oscar_apps.checkout.bank import BankAnswerView, BankView

        urls: list[Any] = super().get_urls()
        return [
            *urls,
            path("bank/", BankView.as_view(), name="bank"),
            path("bank/answer/", BankAnswerView.as_view(), name="bank-answer"),
        ]
