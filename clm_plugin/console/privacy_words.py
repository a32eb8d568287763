"""What the privacy screens call tables, sources of consent and outcomes of an erasure."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SOURCES = {
    "banner": _("banner"),
    "account_page": _("account page"),
    "registration": _("registration"),
    "checkout": _("checkout"),
    "import": _("import"),
    "api": _("API"),
    "unsubscribe_link": _("unsubscribe link"),
    "preference_centre": _("preference centre"),
    "consent": _("shop"),
    "plugin": _("mail"),
    "shop": _("shop"),
    "segment": _("API"),
}
ERASURE = {
    "delete": _("deleted"),
    "clear": _("emptied"),
    "anonymise": _("made nobody's"),
    "keep": _("kept, leads to nobody"),
}
ASKED_BY = {
    "console": _("in the console"),
    "account": _("by the customer"),
    "command": _("by command"),
    "restore": _("after a restored backup"),
}
