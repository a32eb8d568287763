"""What editors can put on a page of the shop."""

from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _
from oscar.core.loading import get_model
from wagtail import blocks


class ProductShelfBlock(blocks.StructBlock):
    """A row of products out of one category."""

    heading = blocks.CharBlock(max_length=80)
    category = blocks.CharBlock(
        required=False, max_length=80, help_text=_("Slug of a category; empty for the whole shop.")
    )
    count = blocks.IntegerBlock(default=4, min_value=2, max_value=12)

    class Meta:
        icon = "tag"
        label = _("Product shelf")
        description = _("The favourites of a category")
        template = "demo_shop/blocks/product_shelf.html"
        preview_value = {"heading": "Fresh on the shelf", "category": "", "count": 4}

    def get_context(
        self, value: Any, parent_context: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        products = get_model("catalogue", "Product").objects.browsable().base_queryset()
        category = get_model("catalogue", "Category").objects.filter(slug=value["category"]).first()
        if category is not None:
            products = products.filter(categories__in=category.get_descendants_and_self())
        elif value["category"]:
            # A mistyped category must not turn into an advertisement for everything.
            products = products.none()
        popular = F("stats__num_purchases").desc(nulls_last=True)
        context["products"] = products.order_by(popular, "pk").distinct()[: value["count"]]
        context["category"] = category
        return context


class CallToActionBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=80)
    text = blocks.CharBlock(max_length=240, required=False)
    label = blocks.CharBlock(max_length=40)
    url = blocks.CharBlock(max_length=200, help_text=_("A path in this shop, such as /catalogue/"))

    class Meta:
        icon = "link"
        label = _("Call to action")
        description = _("A band with one button")
        template = "demo_shop/blocks/call_to_action.html"
        preview_value = {
            "heading": "Free delivery over £40",
            "text": "Wrapped by hand, sent the same day.",
            "label": "Start browsing",
            "url": "/catalogue/",
        }


class PromiseBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=40)
    text = blocks.CharBlock(max_length=120)


BODY_BLOCKS = [
    (
        "text",
        blocks.RichTextBlock(
            features=["h2", "h3", "bold", "italic", "link", "ol", "ul"],
            template="demo_shop/blocks/text.html",
            description=_("Running text"),
        ),
    ),
    ("shelf", ProductShelfBlock()),
    ("action", CallToActionBlock()),
    (
        "promises",
        blocks.ListBlock(
            PromiseBlock(),
            icon="tick",
            template="demo_shop/blocks/promises.html",
            description=_("Two to four short promises in a row"),
        ),
    ),
]
