"""Oscar's rows for our offers: one ConditionalOffer per published offer, one Voucher per code.

Dashboards and reports show them by their public name. They hold no rule: the plan does, so a row
that is out of date for a moment changes no price.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from oscar.core.loading import get_model

from clm_plugin.adapters.oscar import offers_proxies
from clm_plugin.adapters.oscar.columns import keys
from clm_plugin.money import Money
from clm_plugin.offers import api as offers

if TYPE_CHECKING:
    from collections.abc import Iterable

PREFIX = "clm-offer-"
"""How the slugs of our rows begin: by it they are known when our tables cannot be read."""
PASS = "free-shipping-pass"
"""Stands for the pass of everybody who has one; no offer's key has this form."""
_BELOW = -1000
"""Added to our priorities: the shop's own offers come first, ours off what they leave."""
_OPEN_END = datetime(2999, 12, 31, tzinfo=UTC)


def is_ours(offer: Any) -> bool:
    """Whether a ConditionalOffer is one of ours. No query."""
    return bool(offer.slug.startswith(PREFIX))


def conditional_offers(plans: Iterable[offers.Offer], *, with_pass: bool) -> dict[str, Any]:
    """The rows of these offers (and of the pass) by key; made and brought up to date where needed.

    One query when nothing is to do. What staff suspended in Oscar's dashboard is left out.
    """
    model = get_model("offer", "ConditionalOffer")
    by_key = {plan.key: plan for plan in plans}
    rows = model.objects.filter(slug__startswith=PREFIX).select_related("condition", "benefit")
    found = {row.slug.removeprefix(PREFIX): row for row in rows}
    for key, plan in by_key.items():
        found[key] = _up_to_date(found[key], plan) if key in found else _made(plan)
    if with_pass:
        found[PASS] = found.get(PASS) or _made_pass()
    wanted = {*by_key, PASS} if with_pass else set(by_key)
    return {key: row for key, row in found.items() if key in wanted and not row.is_suspended}


def _wanted(plan: offers.Offer) -> dict[str, Any]:
    with override(None):
        told = [offers.gives(plan), *offers.small_print(plan)]
    model = get_model("offer", "ConditionalOffer")
    kinds = {"code": model.VOUCHER, "grant": model.USER, "everybody": model.SESSION}
    return {
        "description": "\n".join(told),
        "offer_type": kinds[plan.given],
        "exclusive": plan.combines == "alone",
        "priority": plan.priority + _BELOW,
        "start_datetime": plan.opens_at,
        "end_datetime": plan.closes_at,
    }


def _up_to_date(row: Any, plan: offers.Offer) -> Any:
    wanted = _wanted(plan)
    if row.name not in _names(plan):
        wanted["name"] = _free_name(plan, row.pk)
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    if changed:
        for name in changed:
            setattr(row, name, wanted[name])
        row.save(update_fields=changed)
    most = _most(plan)
    if row.benefit.value != most:
        row.benefit.value = most
        row.benefit.save(update_fields=["value"])
    goods = row.condition.range
    if (goods is not None or _is_narrowed(plan)) and (
        goods is None or goods.description != _mark(plan)
    ):
        _keep_range(row, plan)
    return row


def _made(plan: offers.Offer) -> Any:
    def make() -> Any:
        row = _new(plan.key, _free_name(plan, None), _most(plan), **_wanted(plan))
        if _is_narrowed(plan):
            _keep_range(row, plan)
        return row

    return _once(plan.key, make)


def _made_pass() -> Any:
    model = get_model("offer", "ConditionalOffer")
    name = _("Free shipping pass")
    more = {"offer_type": model.USER, "exclusive": False, "priority": _BELOW}
    return _once(PASS, partial(_new, PASS, name, None, **more))


def _once(key: str, make: Any) -> Any:
    """What ``make`` makes, or what another process made at the same moment."""
    try:
        with transaction.atomic():
            return make()
    except IntegrityError:
        model = get_model("offer", "ConditionalOffer")
        return model.objects.select_related("condition", "benefit").get(slug=PREFIX + key)


def _new(key: str, name: str, most: Decimal | None, **fields: Any) -> Any:
    condition = get_model("offer", "Condition").objects.create(
        proxy_class=f"{offers_proxies.PATH}.ClmCondition"
    )
    benefit = get_model("offer", "Benefit").objects.create(
        proxy_class=f"{offers_proxies.PATH}.ClmBenefit", value=most
    )
    return get_model("offer", "ConditionalOffer").objects.create(
        slug=PREFIX + key, name=name, condition=condition, benefit=benefit, **fields
    )


def _names(plan: offers.Offer) -> tuple[str, str]:
    """What a row may be called: two offers may have one title, Oscar wants names to differ."""
    return plan.title[:128], f"{plan.title[: 125 - len(plan.key)]} ({plan.key})"


def _free_name(plan: offers.Offer, pk: Any) -> str:
    plain, with_key = _names(plan)
    rows = get_model("offer", "ConditionalOffer").objects.filter(name=plain).exclude(pk=pk)
    return with_key if rows.exists() else plain


def _most(plan: offers.Offer) -> Decimal | None:
    most = plan.effect.most_minor if plan.effect.kind == "free_shipping" else None
    return None if most is None else Money(most, plan.currency).amount


def _is_narrowed(plan: offers.Offer) -> bool:
    told = plan.conditions
    return bool(told.products or told.categories or told.not_products or told.not_categories)


def _mark(plan: offers.Offer) -> str:
    return f"Goods of the offer {plan.key!r}, version {plan.version}"


def _keep_range(row: Any, plan: offers.Offer) -> None:
    """The goods of an offer as a range of Oscar's, for its dashboard."""
    model, told = get_model("offer", "Range"), plan.conditions
    goods = row.condition.range or model(name=f"{plan.title[:90]} ({plan.key})"[:128])
    goods.description = _mark(plan)
    goods.includes_all_products = not (told.products or told.categories)
    goods.is_public = False
    goods.save()
    product, category = get_model("catalogue", "Product"), get_model("catalogue", "Category")
    for relation, kind, ids in (
        (goods.included_products, product, told.products),
        (goods.excluded_products, product, told.not_products),
        (goods.included_categories, category, told.categories),
        (goods.excluded_categories, category, told.not_categories),
    ):
        known = list(kind.objects.filter(pk__in=keys(kind, ids)).values_list("pk", flat=True))
        if relation is goods.included_products:
            through = get_model("offer", "RangeProduct")
            through.objects.filter(range=goods).exclude(product__in=known).delete()
            for pk in known:
                through.objects.get_or_create(range=goods, product_id=pk)
        else:
            relation.set(known)
    for part in (row.condition, row.benefit):
        part.range = goods
        part.save(update_fields=["range"])


def used_row(template: Any, voucher: Any = None) -> Any:
    """A copy of a row for one basket, which counts its uses exactly at any concurrency."""
    row = get_model("offer", "ConditionalOffer")(
        **{field.attname: getattr(template, field.attname) for field in template._meta.fields}
    )
    row._state.adding, row._state.db = False, template._state.db
    row.condition, row.benefit = template.condition, template.benefit
    row.set_voucher(voucher)
    row.record_usage = partial(_record_usage, row.pk)
    return row


def _record_usage(pk: Any, discount: dict[str, Any]) -> None:
    get_model("offer", "ConditionalOffer").objects.filter(pk=pk).update(
        num_applications=F("num_applications") + discount["freq"],
        total_discount=F("total_discount") + discount["discount"],
        num_orders=F("num_orders") + 1,
    )


def voucher_for(code: str, row: Any, *, title: str, is_public: bool = False) -> Any:
    """The Voucher of one of our codes, made when it is first put on a basket; always the same."""
    model = get_model("voucher", "Voucher")
    found = model.objects.filter(code=code).first()
    if found is None:
        try:
            with transaction.atomic():
                found = model.objects.create(
                    # Oscar looks at the real clock; whether a code is open is our own question.
                    name=f"{title[:110]} ({code})",
                    code=code,
                    usage=model.MULTI_USE if is_public else model.SINGLE_USE,
                    start_datetime=timezone.now(),
                    end_datetime=_OPEN_END,
                    voucher_set=_set_of(row),
                )
                found.offers.add(row.pk)
        except IntegrityError:
            found = model.objects.get(code=code)
    return found


def _set_of(row: Any) -> Any:
    """The codes of an offer stand together in Oscar's dashboard, under its name."""
    model = get_model("voucher", "VoucherSet")
    found, _created = model.objects.get_or_create(
        name=row.name[:100],
        defaults={
            "count": 0,
            "code_length": 10,
            "description": row.description,
            "start_datetime": timezone.now(),
            "end_datetime": _OPEN_END,
        },
    )
    model.objects.filter(pk=found.pk).update(count=F("count") + 1)
    return found
