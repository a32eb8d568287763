"""The pages of the mail box."""

import re

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from demo_shop.csp import HEADER
from demo_shop.mailbox import store

PER_PAGE = 30


@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """Every mail the shop sent, newest first."""
    query = request.GET.get("to", "").strip()
    found: list[store.MailSummary] | list[str] = store.search(query) if query else store.names()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    mails = [store.summary(entry) if isinstance(entry, str) else entry for entry in page]
    context = {"mails": [mail for mail in mails if mail], "page_obj": page, "to": query}
    return render(request, "demo_shop/mailbox/list.html", context)


@require_safe
def mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail as HTML, text or source."""
    mail = _mail(name)
    tabs = [tab for tab in ("html", "text", "source") if getattr(mail, tab)]
    tab = request.GET.get("as", "")
    context = {"mail": mail, "tabs": tabs, "tab": tab if tab in tabs else tabs[0]}
    return render(request, "demo_shop/mailbox/detail.html", context)


@require_safe
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """A mail's HTML alone, for the frame: it may look like anything but run nothing."""
    html = _mail(name).html
    # Links leave the frame, as they would in a mail program.
    base = '<base target="_top">'
    html, found = re.subn(r"(?i)(<head[^>]*>)", rf"\1{base}", html, count=1)
    response = HttpResponse(html if found else base + html)
    here = f"{request.scheme}://{request.get_host()}"
    response[HEADER] = (
        "sandbox allow-popups allow-popups-to-escape-sandbox "
        "allow-top-navigation-by-user-activation; default-src 'none'; "
        f"style-src 'unsafe-inline'; img-src {here} data:; frame-ancestors 'self'"
    )
    return response


@require_POST
def mail_clear(request: HttpRequest) -> HttpResponse:
    """Empties the mail box."""
    count = store.clear()
    text = ngettext("%(count)s mail removed.", "%(count)s mails removed.", count)
    messages.success(request, text % {"count": count})
    return redirect("demo:mail")


def _mail(name: str) -> store.Mail:
    mail = store.read(name)
    if mail is None:
        raise Http404
    return mail
