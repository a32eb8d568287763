"""What all our lists have in common."""

from __future__ import annotations

from typing import Any

from wagtail.admin.views.generic.base import BaseListingView

from clm_plugin.console.guard import Guarded

_OWN = {"search_form": None}
"""A list without a search would else show the search of the shop: Oscar's context processor puts a
form of this name into every page. A list with a search replaces it."""


class Listing(Guarded, BaseListingView):
    """Base of our own lists of records."""

    extra_context = _OWN


class ListingSet:
    """Mixin of viewsets of snippets and models, whose history and usage are lists of Wagtail's."""

    def construct_view(self, view_class: Any, **kwargs: Any) -> Any:
        viewset: Any = super()  # of the class this is mixed into
        return viewset.construct_view(view_class, **{"extra_context": _OWN, **kwargs})
