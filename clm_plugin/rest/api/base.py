"""What every view of the API shares: who may, how fast, how long a page, and how an error reads."""

from __future__ import annotations

from importlib.util import find_spec
from math import ceil
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied as DjangoDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.authentication import SessionAuthentication, TokenAuthentication
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import set_rollback

from clm_plugin.conf import settings
from clm_plugin.events.api import BadEvent
from clm_plugin.exceptions import ClmError
from clm_plugin.rest.api.describing import PROBLEM
from clm_plugin.rest.api.refusals import Refusal, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rest_framework.request import Request
    from rest_framework.views import APIView


def _describer() -> Any:
    """What describes our views for the schema; DRF's own without drf-spectacular."""
    if find_spec("drf_spectacular"):
        from drf_spectacular.openapi import AutoSchema

        return AutoSchema()
    from rest_framework.schemas import DefaultSchema

    return DefaultSchema()


class Json(JSONParser):
    """JSON; what is nested too deeply for Python is refused, too, and not our mistake."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().parse(*args, **kwargs)
        except RecursionError:
            raise exceptions.ParseError("JSON parse error - nested too deeply") from None


class Escaped(JSONRenderer):
    ensure_ascii = True


class Told(JSONRenderer):
    """JSON. A refusal may repeat what came in, and half a surrogate pair can only be escaped."""

    def render(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().render(*args, **kwargs)
        except UnicodeEncodeError:
            return Escaped().render(*args, **kwargs)


class Page(CursorPagination):
    """Pages by a cursor: no count of a large table, nothing twice while rows come in."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering: Any = "-pk"


class MayDo(BasePermission):
    """At least one of the permissions that the view names for the method; none named: nobody."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        user = request.user
        if not user.is_authenticated or not user.is_active:
            return False
        wanted: Mapping[str, tuple[str, ...]] = getattr(view, "may", {})
        method = "GET" if request.method in ("HEAD", "OPTIONS") else request.method or ""
        return any(user.has_perm(f"clm_plugin.{code}") for code in wanted.get(method, ()))


class Pace(UserRateThrottle):
    """Requests a minute of one user, by session or token alike (``CLM["API_RATE"]``)."""

    scope = "clm_api"

    def get_rate(self) -> str:
        return f"{settings.API_RATE}/min"


class Guest(UserRateThrottle):
    """Who has not said who she is tries less often."""

    scope = "clm_api_guest"

    def get_rate(self) -> str:
        return "60/min"

    def allow_request(self, request: Request, view: APIView) -> bool:
        if request.user.is_authenticated:
            return True
        return bool(super().allow_request(request, view))


class Api:
    """Mixin of all views of the API. Nothing of it depends on the host's REST_FRAMEWORK setting."""

    authentication_classes: Any = [TokenAuthentication, SessionAuthentication]
    permission_classes: Any = [MayDo]
    throttle_classes: Any = [Guest, Pace]
    renderer_classes: Any = [Told]
    parser_classes: Any = [Json]
    pagination_class: Any = Page
    content_negotiation_class: Any = DefaultContentNegotiation
    filter_backends: Any = []
    schema: Any = _describer()
    may: Mapping[str, tuple[str, ...]] = {}
    """Method -> codenames, one of which is needed."""

    def get_exception_handler(self) -> Callable[[Exception, Any], Response | None]:
        return problem


def problem(error: Exception, context: Any) -> Response | None:
    """An error as problem details (RFC 9457): ``title``, ``status``, ``detail`` or ``errors``; what
    money and offers refuse has a ``code``, too."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, DjangoDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, BadEvent):
        error = exceptions.ValidationError({error.field: [error.why]})
    elif isinstance(error, ClmError) and (refused := refusal(error)):
        error = refused
    elif isinstance(error, ClmError):
        error = exceptions.ValidationError({"": [str(error)]})
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    body: dict[str, Any] = {"title": _title(error), "status": error.status_code}
    if isinstance(error, exceptions.ValidationError):
        body["errors"] = error.detail
    else:
        body["detail"] = str(error.detail)
    if isinstance(error, Refusal):
        body["code"] = error.code
    response = Response(body, status=error.status_code, content_type=PROBLEM)
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(ceil(wait))
    return response


def _title(error: exceptions.APIException) -> str:
    return str(getattr(error, "default_code", "error")).replace("_", " ").capitalize()
