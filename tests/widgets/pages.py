"""Pages of a small shop under a strict policy, to drive the widgets on in a real browser."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

NONCE = "n0nce"
POLICY = (
    f"default-src 'none'; script-src 'nonce-{NONCE}'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
PAGE = """{% load clm %}<!doctype html>
<html lang="{{ request.GET.lang|default:'en' }}" dir="{{ request.GET.dir|default:'ltr' }}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gift</title><link rel="stylesheet" href="/page.css">{% clm_head %}</head>
<body>{% if request.GET.banner %}{% clm_consent_banner %}{% endif %}
<main><h1>Larkspur tea tin</h1><p>£8.50 <button id="buy">Add to basket</button></p>
<p class="tall"></p>
{% clm_slot "product-bundle" product=product %}
<h2 id="details">Details</h2><p class="tall"></p>
<p><label>Name <input name="name"></label></p><p class="taller"></p></main>
{% if request.GET.banner %}<p><a id="again" href="#clm-consent">Privacy choices</a></p>{% endif %}
{% clm_slot "overlay" %}</body></html>"""
STYLE = """body { margin: 0; font: 16px/1.5 sans-serif; color: #23211d; background: #f8f4ec; }
main { max-width: 64rem; margin: auto; padding: 1rem; }
.tall { height: 12rem; } .taller { height: 200rem; }"""
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 320"><rect width="320" height="320" '
    'fill="#dfe7df"/><circle cx="160" cy="160" r="90" fill="#7aa38f"/></svg>'
)


def gift(request: HttpRequest, product: str = "") -> HttpResponse:
    request.csp_nonce = NONCE  # type: ignore[attr-defined]  # read by templates
    html = engines["django"].from_string(PAGE).render({"product": product}, request)
    response = HttpResponse(html)
    response["Content-Security-Policy"] = POLICY
    return response


def style(request: HttpRequest) -> HttpResponse:
    return HttpResponse(STYLE, content_type="text/css")


def picture(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(PICTURE, content_type="image/svg+xml")


urlpatterns = [
    path("clm/", include("clm_plugin.urls")),
    path("page.css", style),
    path("picture/<name>.svg", picture),
    path("gift/<product>/", gift),
    path("gifts/", gift),
    path("search/", gift),
    path("basket/", gift),
    path("favicon.ico", lambda request: HttpResponse(status=204)),
]
