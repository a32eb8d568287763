"""The demo shop's settings for measuring: tables straight from the models, no broker, no mail."""

from demo_shop.settings import *  # noqa: F403  (the demo's, but for what follows)


class _NoMigrations(dict):
    """Django asks for every app's label: 359 migrations would take longer than the figures."""

    def __contains__(self, label: object) -> bool:
        return True

    def __getitem__(self, label: str) -> None:
        return None


MIGRATION_MODULES = _NoMigrations()
SECRET_KEY = "only-for-benchmarks"
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = "memory://", {}
# Nobody is there to be woken: the benchmarks call the pipeline themselves.
CELERY_TASK_ALWAYS_EAGER = True
ROOT_URLCONF = "benchmarks.urls"
LOGGING = {"version": 1, "disable_existing_loggers": False}
