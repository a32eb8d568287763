"""The shop's Celery app; every option comes from the settings that start with ``CELERY_``."""

import os

from celery import Celery

from demo_shop import broker  # noqa: F401  (registers the scheme of the files' URL)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "demo_shop.settings")

app = Celery("demo_shop")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
