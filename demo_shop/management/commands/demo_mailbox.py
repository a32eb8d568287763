"""``manage.py demo_mailbox`` runs the SMTP server behind the mail box page."""

import signal
import threading
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from demo_shop.mailbox.sink import controller


class Command(BaseCommand):
    help = "Runs an SMTP server that keeps every mail as a file and delivers none."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=settings.EMAIL_PORT)

    def handle(self, *args: Any, **options: Any) -> None:
        ended = threading.Event()

        def end(signum: int, frame: FrameType | None) -> None:
            ended.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
        server = controller(host=settings.EMAIL_HOST, port=options["port"])
        server.start()
        self.stdout.write(f"Mail box listens on {settings.EMAIL_HOST}:{options['port']}")
        self.stdout.flush()
        ended.wait()
        server.stop()
