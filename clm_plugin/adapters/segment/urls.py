"""The paths that clients of the Segment specification post to, and their short forms.

Server clients post to ``v1/batch``; the browser's and the apps' to one letter under ``v1``.
"""

from django.urls import path

from clm_plugin.adapters.segment.views import endpoint

TYPES = ("identify", "track", "page", "screen", "alias", "group", "batch")
urlpatterns = [
    path(f"v1/{name}", endpoint(type_), name=f"segment_{name}")
    for type_ in TYPES
    for name in (type_, type_[0])
]
