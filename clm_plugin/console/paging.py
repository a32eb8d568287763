"""Lists that stay fast on millions of rows: nothing counts, or skips, past a cap."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.paginator import WagtailPaginator

from clm_plugin.console.wording import whole

CAP = 10_000
"""Rows one can page through; who looks for more narrows the list by search and filters."""


class CappedPaginator(WagtailPaginator):
    """Counts to the cap and no further, so a page costs the same on any table."""

    countable: Any = None
    """The same rows in a form that is counted faster; None: as they are."""

    @cached_property
    def found(self) -> int:
        if isinstance(self.object_list, list):
            return len(self.object_list)
        rows: Any = self.object_list if self.countable is None else self.countable
        return int(rows.order_by()[: CAP + 1].count())

    @cached_property
    def count(self) -> int:
        return min(self.found, CAP)

    @cached_property
    def items_count_label(self) -> str:
        if self.found > CAP:
            return _("More than %(cap)s; narrow them by search or filter") % {"cap": whole(CAP)}
        return ngettext("%(n)s entry", "%(n)s entries", self.found) % {"n": whole(self.found)}
