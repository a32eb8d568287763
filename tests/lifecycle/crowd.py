"""A shop's people, written as facts, and its yardsticks."""

from collections.abc import Iterable, Sequence

from clm_plugin.lifecycle.data import Model
from clm_plugin.lifecycle.encoding import model_to_json
from clm_plugin.lifecycle.models import CurrentModel, PurchaseGap, Standing
from clm_plugin.profiles.models import Facts, Profile, TraitValue
from tests.factories import NOW, days
from tests.lifecycle.strategies import Someone


def measure() -> None:
    """Purchase gaps: of the store, of a category, and of one with too few gaps to be trusted."""
    PurchaseGap.objects.bulk_create(
        [
            PurchaseGap(
                category_id=category,
                median_days=median,
                gaps=gaps,
                worth_minor=None if category else 6_000,
                computed_at=NOW,
            )
            for category, median, gaps in (("", 14.0, 99), ("cat", 20.0, 20), ("few", 40.0, 19))
        ]
    )


def gather(people: Sequence[Someone]) -> list[int]:
    """Write people with facts, some of them standing somewhere; returns their ids in order."""
    profiles = Profile.objects.bulk_create(
        [
            Profile(created_at=NOW, email=f"p{n}@example.com" if one.known else "")
            for n, one in enumerate(people)
        ]
    )
    pairs = list(zip(profiles, people, strict=True))
    Facts.objects.bulk_create(
        [
            Facts(
                profile=profile,
                product_views=one.views,
                orders=one.orders,
                spend_minor=one.spend,
                last_order_at=one.last,
                first_order_at=one.last and one.last - days(100),
                gap_days=one.own_gap,
                main_category=one.category,
                basket_items=one.basket_items,
                basket_at=one.basket_at,
                praises=one.praises,
            )
            for profile, one in pairs
        ]
    )
    TraitValue.objects.bulk_create(
        [
            TraitValue(profile=profile, key="survey.nps", number=one.nps, told_at=NOW)
            for profile, one in pairs
            if one.nps is not None
        ]
    )
    Standing.objects.bulk_create(
        [
            Standing(profile=profile, stage=one.stands, since=NOW - days(9))
            for profile, one in pairs
            if one.stands
        ]
    )
    return [profile.pk for profile in profiles]


def standings(ids: Iterable[int]) -> dict[int, tuple]:
    rows = Standing.objects.filter(profile__in=list(ids))
    return {
        row[0]: row[1:]
        for row in rows.values_list("profile_id", "stage", "due_at", "advocate", "churn_risk")
    }


def use(model: Model) -> None:
    """Put a model into use, without the run that follows a publish."""
    CurrentModel.objects.update_or_create(
        id=1,
        defaults={
            "version": model.version,
            "source": model.key,
            "model": model_to_json(model),
            "since": NOW,
        },
    )
