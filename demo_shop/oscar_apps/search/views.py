"""Browsing and searching straight from the database.

Oscar 4.2 lists every category through a search server. A shop of this size needs none, and the
demo must start without one.
"""

from typing import Any

from django.db.models import F, Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.generic import ListView
from oscar.apps.search.signals import user_search
from oscar.core.loading import get_model

Product = get_model("catalogue", "Product")
Category = get_model("catalogue", "Category")

# PostgreSQL would put products without statistics first.
SORTS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "popular": (_("Favourites"), (F("stats__num_purchases").desc(nulls_last=True), "pk")),
    "cheap": (_("Price, low first"), ("lowest_price", "pk")),
    "dear": (_("Price, high first"), ("-lowest_price", "pk")),
    "title": (_("Name"), ("title", "pk")),
}
LONGEST_QUERY = 100


class ProductListView(ListView):
    """A page of products in the order the shopper chose."""

    context_object_name = "products"
    paginate_by = 24

    def get_queryset(self) -> QuerySet[Any]:
        products = Product.objects.browsable().base_queryset()
        price = Coalesce(Min("stockrecords__price"), Min("children__stockrecords__price"))
        chosen: QuerySet[Any] = self.narrow(products).annotate(lowest_price=price)
        return chosen.order_by(*SORTS[self.sort()][1])

    def narrow(self, products: QuerySet[Any]) -> QuerySet[Any]:
        return products

    def sort(self) -> str:
        wanted = self.request.GET.get("sort", "")
        return wanted if wanted in SORTS else "popular"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["sorts"] = [(key, label) for key, (label, _fields) in SORTS.items()]
        context["sort"] = self.sort()
        return context


class CatalogueView(ProductListView):
    template_name = "oscar/catalogue/browse.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(summary=_("Everything"), **kwargs)


class ProductCategoryView(ProductListView):
    template_name = "oscar/catalogue/category.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        public = {} if request.user.is_staff else {"is_public": True}
        self.category = get_object_or_404(Category, pk=self.kwargs["pk"], **public)
        # A category that was renamed keeps its number: the old address leads to the new one.
        address = self.category.get_absolute_url()
        if request.path != address:
            return redirect(address, permanent=True)
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def narrow(self, products: QuerySet[Any]) -> QuerySet[Any]:
        return products.filter(categories__in=self.category.get_descendants_and_self()).distinct()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(category=self.category, **kwargs)


class FacetedSearchView(ProductListView):
    """Products that have every word somewhere in their own or a variant's text."""

    template_name = "oscar/search/results.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # The same signal, at the same moment, as Oscar's own search page sends.
        user_search.send(
            sender=self, session=request.session, user=request.user, query=self.query()
        )
        return super().dispatch(request, *args, **kwargs)

    def query(self) -> str:
        return self.request.GET.get("q", "").strip()[:LONGEST_QUERY]

    def narrow(self, products: QuerySet[Any]) -> QuerySet[Any]:
        words = self.query().split()
        if not words:
            return products.none()
        for word in words:
            # "tins" should find a tin.
            stem = word[:-1] if len(word) > 3 and word.endswith("s") else word
            products = products.filter(
                Q(title__icontains=stem)
                | Q(upc__iexact=word)
                | Q(description__icontains=stem)
                | Q(children__title__icontains=stem)
                | Q(categories__name__icontains=stem)
            )
        return products.distinct()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(query=self.query(), **kwargs)
