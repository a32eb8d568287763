"""The people behind a number of the RFM screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clm_plugin.console.customers import CustomersView
from clm_plugin.console.rfm_words import rfm_label
from clm_plugin.segments import api as segments

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from clm_plugin.profiles.models import Facts


class RfmPeopleView(CustomersView):
    """The people behind a number of the RFM screen: ``name``, ``r`` and ``f``, or ``category``."""

    template_name = "clm_plugin/console/customers.html"
    index_url_name = "clm_rfm:people"
    narrowed_by = ("name", "r", "f", "category")
    index_results_url_name = "clm_rfm:people_results"

    def get_base_queryset(self) -> QuerySet[Facts]:
        rows = super().get_base_queryset()
        asked = self.request.GET
        if asked.get("name") in segments.RFM_NAMES:
            rows = rows.filter(profile__rfm__name=asked["name"])
        for score in ("r", "f"):
            if asked.get(score) in {"1", "2", "3", "4", "5"}:
                rows = rows.filter(**{f"profile__rfm__{score}": int(asked[score])})
        if asked.get("category"):
            rows = rows.filter(profile__micro_segments__category_id=asked["category"][:64])
        return rows

    def get_page_title(self) -> str:
        asked = self.request.GET
        if asked.get("name") in segments.RFM_NAMES:
            return rfm_label(asked["name"])
        if asked.get("category"):
            return gettext("Spend most on one category")
        if "r" in asked and "f" in asked:
            return gettext("Recency %(r)s, frequency %(f)s") % {
                "r": asked["r"][:1], "f": asked["f"][:1]
            }  # fmt: skip
        return gettext("Buyers")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("clm_rfm:index"), "label": _("RFM")},
            {"url": "", "label": self.get_page_title()},
        ]
