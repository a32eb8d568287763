"""A plain Oscar shop, as ``startproject`` and Oscar's own guide leave it, without Wagtail."""

from shop.celery import app as celery_app

__all__ = ["celery_app"]
