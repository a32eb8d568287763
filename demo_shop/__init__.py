"""A real django-oscar + Wagtail store that installs the plugin as a stranger would."""

from demo_shop.celery import app as celery_app

__all__ = ["celery_app"]
