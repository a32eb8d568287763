"""``manage.py demo_credit`` publishes the demo's programme of store credit; safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand

from demo_shop.loading.credit import load_programme


class Command(BaseCommand):
    help = "Publishes “Harbour credit”, the demo's own store currency, where it is missing."

    def handle(self, *args: Any, **options: Any) -> None:
        if load_programme():
            self.stdout.write("Published the programme “Harbour credit”.")
