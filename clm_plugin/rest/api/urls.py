"""The API with its documents; those only where drf-spectacular is installed (extra ``api``)."""

from __future__ import annotations

from importlib.util import find_spec

from clm_plugin.rest.api.endpoints import urlpatterns as endpoints

urlpatterns = list(endpoints)
if find_spec("drf_spectacular"):
    from clm_plugin.rest.api.schema import documents

    urlpatterns += documents
