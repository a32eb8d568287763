"""``manage.py demo_credit`` publishes the demo's programme of store credit, and puts on the shelf
what credit cannot pay: a gift card; safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand

from demo_shop.loading.credit import load_programme
from demo_shop.loading.gift_card import load_gift_card


class Command(BaseCommand):
    help = "Publishes “Harbour credit”, the demo's own store currency, and sells a gift card."

    def handle(self, *args: Any, **options: Any) -> None:
        if load_programme():
            self.stdout.write("Published the programme “Harbour credit”.")
        if load_gift_card():
            self.stdout.write("Put a gift card on the shelf.")
