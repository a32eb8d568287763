"""``/clm/credit/``: a customer's store credit: what there is, until when, for what, what happened.

For the logged-in customer and about her alone. A shop puts a template of its own before
``clm_plugin/wallet/store_credit.html``; ``{% url "clm:store-credit" %}`` links.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clm_plugin import clock
from clm_plugin.events.api import actor
from clm_plugin.http import uncached
from clm_plugin.money import Money
from clm_plugin.profiles.api import customer_of, profile_id_of
from clm_plugin.rest.promises import promises
from clm_plugin.statements.api import statement, whole_history

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from clm_plugin.statements.api import Line

_TEMPLATE = "clm_plugin/wallet/store_credit.html"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MOST_ID = 2**63


@login_required
@require_safe
def store_credit(request: HttpRequest) -> HttpResponse:
    """The page; ``?before=<id>`` is an older page of the history."""
    customer, profile_id = _whose(request)
    before = _before(request.GET.get("before", ""))
    now, is_older = clock.now(), before is not None
    found = statement(profile_id, customer_id=customer, now=now, before=before)
    context = {
        "statement": found,
        "promises": () if is_older else promises(profile_id, now=now),
        "is_older": is_older,
        "page_title": _("Store credit"),
        "active_tab": "store-credit",
    }
    return uncached(render(request, _TEMPLATE, context))


@login_required
@require_safe
def store_credit_history(request: HttpRequest) -> HttpResponseBase:
    """All of the history as a spreadsheet."""
    _customer, profile_id = _whose(request)
    now = clock.now()
    lines = whole_history(profile_id) if profile_id is not None else ()
    response = StreamingHttpResponse(_csv(lines), content_type="text/csv; charset=utf-8")
    name = f"store-credit-{now:%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _whose(request: HttpRequest) -> tuple[str, int | None]:
    """The customer's id and profile. Raises PermissionDenied for staff who pose as her."""
    customer = customer_of(request)
    if not customer:
        raise PermissionDenied
    return customer, profile_id_of(actor("customer", customer))


def _before(text: str) -> int | None:
    """A position in the history; what is none begins at the top."""
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        return None
    return min(int(text), _MOST_ID - 1)


class _Echo:
    """A file that hands on what is written to it."""

    def write(self, text: str) -> str:
        return text


def _csv(lines: Iterable[Line]) -> Iterator[str]:
    write = csv.writer(_Echo()).writerow
    yield "\N{ZERO WIDTH NO-BREAK SPACE}"  # so that spreadsheets read it as UTF-8
    header = (_("When"), _("What"), _("Note"), _("Order"), _("Amount"), _("Currency"), _("Kind"))
    yield write(header)
    for line in lines:
        amount = Money(line.amount_minor, line.currency).amount
        words = (line.plain, line.note, line.order_id)
        cells = [_harmless(each) for each in words]
        yield write(
            [line.at.isoformat(), *cells, f"{amount}", line.currency, _harmless(line.programme)]
        )


def _harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
