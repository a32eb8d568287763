"""Turns ``DEMO_DATABASE`` and ``DEMO_BROKER`` into what Django and Celery want."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


def database(uri: str, *, folder: Path, pool: bool) -> dict[str, Any]:
    """The ``default`` entry of ``DATABASES``: PostgreSQL for a URI, else a SQLite file."""
    return _postgres(uri, pool=pool) if uri else _sqlite(folder / "shop.sqlite3")


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        # Web, worker and beat write to one file. WAL lets them read meanwhile, and IMMEDIATE
        # takes the write lock at BEGIN: a lock that is upgraded later fails without waiting.
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def _postgres(uri: str, *, pool: bool) -> dict[str, Any]:
    parts = urlsplit(uri)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        message = "DEMO_DATABASE must look like postgresql://user:password@host:5432/name"
        raise ValueError(message)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    # ?host=/folder names a socket's folder, as libpq does: it cannot stand in the host's place.
    host = query.pop("host", "") or parts.hostname or ""
    options: dict[str, Any] = dict(query)
    if pool:
        options["pool"] = {"min_size": 1, "max_size": 8, "timeout": 20}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        # Django refuses persistent connections together with a pool.
        "CONN_MAX_AGE": 0,
        "OPTIONS": options,
    }


def broker(url: str, *, folder: Path) -> tuple[str, dict[str, Any]]:
    """Celery's broker URL and transport options: Redis for a URL, else files in ``folder``."""
    if url:
        return url, {}
    queue, control = folder / "queue", folder / "control"
    for needed in (queue, control):
        needed.mkdir(parents=True, exist_ok=True)
    # The host says nothing, but without one kombu warns at each start that it supposes one.
    return "files://localhost", {  # demo_shop.broker
        # One folder both ways: what the web process puts in is what the worker takes out.
        "data_folder_in": str(queue),
        "data_folder_out": str(queue),
        "control_folder": str(control),
        "polling_interval": 0.2,
    }
