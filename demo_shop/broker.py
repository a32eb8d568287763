"""Celery's broker as files in a folder, for a demo that needs no server.

kombu's own transport of this kind opens a message's file and then writes it: a worker that looks
in between reads half a message and ends. Here a message appears whole, by a rename.
"""

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

SCHEME = "files"


class Channel(filesystem.Channel):
    def _put(self, queue: Any, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # no types
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        target = Path(self.data_folder_out) / name
        # Another ending, which readers pass over.
        fresh = target.with_name(f"{name}.part")
        try:
            fresh.write_text(dumps(payload))  # type: ignore[no-untyped-call]  # kombu's
            fresh.replace(target)
        except OSError as error:
            message = f"Cannot put a message into {self.data_folder_out}"
            raise ChannelError(message) from error


class Transport(filesystem.Transport):
    Channel = Channel


# By an alias: kombu takes no import path from a URL.
TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
