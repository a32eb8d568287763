"""Blocks about goods: bought, never bought, viewed, in the basket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from clm_plugin.segments import conditions
from clm_plugin.segments.blocks.base import (
    BOUGHT,
    ConditionBlock,
    amount,
    given,
    least,
    minor,
    most,
    window,
)
from clm_plugin.segments.blocks.picking import PickBlock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.core.exceptions import ValidationError


def _products(label: Any = None) -> PickBlock:
    return PickBlock("product", label=label or _("Products"), required=False)


def _categories(label: Any = None) -> PickBlock:
    return PickBlock("category", label=label or _("Categories"), required=False)


class BoughtBlock(ConditionBlock):
    products = _products()
    categories = _categories()
    at_least = least(_("At least (items)"), min_value=1, default=1)
    within_days = window()

    makes = conditions.Bought
    one_of = ("products", "categories")

    class Meta:
        icon = "clm-parcel"
        label = _("Bought products or categories")
        label_format = _("Bought: {products} {categories}")
        description = _("One of these, so many items, in a period or ever.")
        group = BOUGHT


class NeverBoughtBlock(ConditionBlock):
    products = _products()
    categories = _categories()
    within_days = window()

    makes = conditions.Bought
    one_of = ("products", "categories")

    def arguments(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return {**super().arguments(value), "never": True}

    class Meta:
        icon = "cross"
        label = _("Never bought products or categories")
        label_format = _("Never bought: {products} {categories}")
        description = _("None of these, in a period or ever.")
        group = BOUGHT


class BoughtNotBlock(ConditionBlock):
    products = _products(_("Bought these products"))
    categories = _categories(_("or these categories"))
    within_days = window()
    not_products = _products(_("but never these products"))
    not_categories = _categories(_("nor these categories"))

    makes = conditions.BoughtNot

    def refuse(self, value: Mapping[str, Any]) -> dict[str, str | ValidationError]:
        errors = super().refuse(value)
        for prefix in ("", "not_"):
            names = (f"{prefix}products", f"{prefix}categories")
            if not any(value.get(name) for name in names):
                errors[names[0]] = str(_("Fill in at least one of these fields."))
        return errors

    class Meta:
        icon = "copy"
        label = _("Bought A, but never B")
        label_format = _("Bought {products} {categories}, never {not_products} {not_categories}")
        description = _("Who has the one and lacks the other: the classic cross-sale.")
        group = BOUGHT


class ViewedNotBoughtBlock(ConditionBlock):
    products = _products()
    categories = _categories()
    within_days = window(required=True, default=30)

    makes = conditions.ViewedNotBought
    one_of = ("products", "categories")

    class Meta:
        icon = "view"
        label = _("Viewed, but did not buy")
        label_format = _("Viewed, not bought: {products} {categories}")
        description = _("Interested in these lately, and bought none of them since.")
        group = BOUGHT


class FavouriteBlock(ConditionBlock):
    categories = PickBlock("category", label=_("Categories"))
    at_least = least(
        _("At least (per cent of their spend)"), max_value=100,
        help_text=_("Empty: whatever counts as a favourite in the settings."),
    )  # fmt: skip

    makes = conditions.Favourite

    def arguments(self, value: Mapping[str, Any]) -> dict[str, Any]:
        found = super().arguments(value)
        return {**found, "at_least": found["at_least"] / 100} if "at_least" in found else found

    class Meta:
        icon = "pick"
        label = _("Spends most on a category")
        label_format = _("Favourite: {categories}")
        description = _("Micro-segments: categories that a large share of the spend goes to.")
        group = BOUGHT


class BasketBlock(ConditionBlock):
    min_items = least(_("Items, at least"), default=1)
    max_items = most(_("Items, at most"))
    min_amount = amount(_("Value, at least"))
    max_amount = amount(_("Value, at most"))
    products = _products(_("Holds one of these products"))
    categories = _categories(_("or one of these categories"))

    makes = conditions.Basket
    ranges = (("min_items", "max_items"), ("min_amount", "max_amount"))
    one_of = ("min_items", "max_items", "min_amount", "max_amount", "products", "categories")

    def arguments(self, value: Mapping[str, Any]) -> dict[str, Any]:
        found = super().arguments(value)
        low, high = found.pop("min_amount", None), found.pop("max_amount", None)
        return {**found, **given(min_minor=minor(low), max_minor=minor(high))}

    class Meta:
        icon = "clm-basket"
        label = _("Has a basket now")
        label_format = _("Basket: {min_items} items or more, worth {min_amount} or more")
        description = _("What lies in the basket at this moment, and its value.")
        group = BOUGHT
