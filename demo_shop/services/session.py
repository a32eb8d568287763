"""One run of the demo, from the check of the port to the end of the last child."""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import socket
import time
from contextlib import ExitStack
from typing import IO, TYPE_CHECKING

from demo_shop.services import template
from demo_shop.services.preparation import Preparation, Stamp
from demo_shop.services.supervisor import StopRequest, Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable

    from demo_shop.services.postgres import PostgresServer
    from demo_shop.services.tree import Plan
    from demo_shop.services.valkey import ValkeyServer

SLOW_START = 30.0


class StartError(RuntimeError):
    """The demo cannot start; the message says what to do."""


def check_port(host: str, port: int) -> None:
    """Refuses a port that somebody else listens on, before any work is done."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            message = f"Port {port} needs root. Choose one above 1023: PORT=8000 make demo"
            raise StartError(message) from None
        except OSError as error:
            message = (
                f"Port {port} on {host} is taken ({error.strerror}). "
                f"Stop the program that uses it, or choose another: PORT={port + 1} make demo"
            )
            raise StartError(message) from None


def take_lock(plan: Plan) -> IO[str]:
    """Two demos in one folder would write to one database; the second one is refused."""
    plan.var.mkdir(parents=True, exist_ok=True)
    lock = (plan.var / "demo.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        message = (
            f"A demo already runs in {plan.var}. Stop it, or give this one a folder of its "
            "own: DEMO_VAR=/tmp/second-demo PORT=8001 make demo"
        )
        raise StartError(message) from None
    return lock


def health(plan: Plan) -> tuple[int, str]:
    """Status and body of ``/clm/health``; status 0 while nobody listens."""
    # Not urllib: it would go through the machine's proxy.
    connection = http.client.HTTPConnection(plan.host, plan.port, timeout=5)
    try:
        connection.request("GET", "/clm/health")
        answer = connection.getresponse()
        return answer.status, answer.read(4096).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return 0, "no answer yet"
    finally:
        connection.close()


def run(
    plan: Plan,
    *,
    say: Callable[[str], None],
    servers: list[PostgresServer | ValkeyServer],
) -> None:
    """Prepares what is missing, runs the programs and returns after a stop request."""
    stop = StopRequest()
    stop.listen()
    with ExitStack() as stack:
        stack.callback(take_lock(plan).close)
        supervisor = Supervisor(say=say, stop=stop)
        for server in servers:
            stack.callback(server.stop)
        stack.callback(supervisor.stop)
        for server in servers:
            server.start()
            assert server.process is not None
            supervisor.adopt(server.program, server.process)
        if not prepare(plan, say=say, stop=stop):
            say("Stopped. The next start goes on from here.")
            return
        began = time.monotonic()
        for program in plan.programs():
            supervisor.start(program)
        if _wait_healthy(plan, supervisor, say=say, stop=stop):
            say(f"Ready after {time.monotonic() - began:.1f} s.")
            supervisor.was_up = True
            say(box(plan))
        while not stop:
            supervisor.tick()
            time.sleep(0.2)
        say("Stopping … (Ctrl-C again: at once)")
    say("Stopped.")


def prepare(plan: Plan, *, say: Callable[[str], None], stop: StopRequest) -> bool:
    """Does the steps that are due; false if it was stopped on the way."""
    kind = "postgres" if plan.database else "sqlite"
    path = plan.var / f"prepared-{kind}.json"
    stamp = Stamp(path)
    steps = stamp.due()
    if not steps:
        return True
    if kind == "sqlite" and not stamp.done and template.restore(plan.var):
        say("Copied the shop from an earlier start of today.")
        for step in steps:
            stamp.note(step)
        stamp.finish()
        return True
    first = not stamp.done
    say("First start: about two minutes." if first else "The code has changed: a moment.")
    preparation = Preparation(say=say, stop=stop, environment=plan.environment(), logs=plan.logs)
    for step in steps:
        if not preparation.run(step):
            return False
        stamp.note(step)
    stamp.finish()
    if first and kind == "sqlite" and os.environ.get("DEMO_TEMPLATE", "1") == "1":
        template.keep(plan.var)
    return True


def _wait_healthy(
    plan: Plan, supervisor: Supervisor, *, say: Callable[[str], None], stop: StopRequest
) -> bool:
    hint_at = time.monotonic() + SLOW_START
    while not stop:
        supervisor.tick()
        status, body = health(plan)
        if status == 200:
            return True
        if time.monotonic() > hint_at:
            hint_at += SLOW_START
            say(f"Not healthy yet (HTTP {status}): {_in_one_line(body)}")
            say(f"The logs are in {plan.logs}.")
        time.sleep(0.4)
    return False


def _in_one_line(body: str) -> str:
    try:
        return json.dumps(json.loads(body))[:600]
    except ValueError:
        return " ".join(body.split())[:200]


def box(plan: Plan) -> str:
    """Where everything is and how to get in."""
    lines = [
        f"Shop       {plan.url}/",
        "           shopper@example.com   / lifecycle   (has a history)",
        "           newcomer@example.com  / lifecycle   (has none yet)",
        f"Admin      {plan.url}/admin/",
        "           admin@example.com     / lifecycle",
        f"Demo page  {plan.url}/demo/",
        f"Mail box   {plan.url}/demo/mail/",
        f"Logs       {plan.logs}",
        "Ctrl-C stops everything.",
    ]
    width = max(map(len, lines))
    rule = "+" + "-" * (width + 2) + "+"
    return "\n".join(["", rule, *(f"| {line:<{width}} |" for line in lines), rule, ""])
