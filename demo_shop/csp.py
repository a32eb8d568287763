"""A strict Content-Security-Policy with a nonce for the shop's pages."""

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

HEADER = "Content-Security-Policy"

# Wagtail's admin and Oscar's dashboard are written with inline scripts and styles. They are for
# staff only, so they get a policy of their own instead of weakening the shoppers' one.
STAFF_PATHS = ("/admin/", "/dashboard/")

COMMON = "base-uri 'none'; object-src 'none'; frame-ancestors 'self'; form-action 'self'"


def shop_policy(nonce: str) -> str:
    return (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
        f"img-src 'self' data:; {COMMON}"
    )


STAFF_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    f"{COMMON}"
)


class ContentSecurityPolicyMiddleware:
    """Offers ``request.csp_nonce`` to templates and adds the header to every response."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        nonce = secrets.token_urlsafe(16)
        request.csp_nonce = nonce  # type: ignore[attr-defined]  # read by templates
        response = self.get_response(request)
        # A view may know better: a shown mail brings a tighter policy.
        if HEADER not in response:
            staff = request.path.startswith(STAFF_PATHS)
            response[HEADER] = STAFF_POLICY if staff else shop_policy(nonce)
        return response
