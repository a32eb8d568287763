"""The demo shop's settings, made fast and silent for tests.

``TEST_DATABASE=postgres`` runs any test on the bundled PostgreSQL instead of SQLite in memory.
A process under test (a worker, a web server) takes the same module and gets ``DEMO_DATABASE``,
``DEMO_BROKER`` and ``DEMO_SMTP_PORT`` from the fixture that starts it.
"""

import os

from tests.services.surroundings import prepare_environment

# Before the demo's settings are read: they take everything from the environment.
prepare_environment()

from demo_shop.settings import *  # noqa: E402, F403
from demo_shop.settings import CLM, DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # In memory: the options for many writers on one file have no meaning there.
    DATABASES["default"] = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}

CLM = {**CLM, "ERASURE_JOURNAL": ""}  # a test that wants one has its own
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["*"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Each test's client has middleware of its own: it must not list a thousand files before its first
# page, but look for one when it is asked for.
WHITENOISE_AUTOREFRESH = True
if not os.environ.get("DEMO_SMTP_PORT"):
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if not os.environ.get("DEMO_BROKER"):
    CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = "memory://", {}
