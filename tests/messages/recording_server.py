"""A mail server in its own process that writes down each mail it took before it says so.

    python -m tests.messages.recording_server PORT FILE

A line of fixed length a mail. Recipients named ``refused…`` get a 550.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

LINE = 64
"""Bytes a recorded mail takes, the line end included."""


class Recorder:
    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._random = random.Random(0)

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.startswith("refused"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        for address in envelope.rcpt_tos:
            os.write(self._file, address.ljust(LINE - 1).encode() + b"\n")
        # Time enough to die between what the server knows and what the sender hears.
        await asyncio.sleep(self._random.random() * 0.004)
        return "250 recorded"


async def serve(port: int, path: Path) -> None:
    recorder = Recorder(path)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(recorder), "127.0.0.1", port)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
