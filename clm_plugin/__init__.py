"""Customer lifecycle management inside a Django store. Read ``pipeline.py`` first."""

__version__ = "0.1.0"

INSTALLED_APPS = [
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks",
    "django_celery_beat",
    "rest_framework",
    "rest_framework.authtoken",
    "clm_plugin",
]
"""What a store without Wagtail adds to its INSTALLED_APPS (behind ``haystack``, if it is there)."""
