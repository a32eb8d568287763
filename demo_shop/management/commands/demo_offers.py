"""``manage.py demo_offers`` publishes the demo's offers and gives them out; safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand

from clm_plugin.api import OfferError
from demo_shop.loading.offers import SHOPPER, give_to_shopper, load_offers


class Command(BaseCommand):
    help = (
        "Publishes three offers where they are missing; the known shopper gets a code and a gift."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for title in load_offers():
            self.stdout.write(f"Published the offer “{title}”.")
        try:
            code = give_to_shopper()
        except OfferError as error:
            # Somebody withdrew an offer, or its gift is gone from the catalogue.
            self.stdout.write(f"Nothing was given: {error}.")
            return
        if code:
            self.stdout.write(f"The code of {SHOPPER} is {code}.")
