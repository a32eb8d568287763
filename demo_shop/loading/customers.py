"""Loads the customers' accounts and address books."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from oscar.core.loading import get_model

from demo_shop.loading.calendar import Calendar
from demo_shop.loading.history import Buyer
from demo_shop.loading.people import EMAIL_DOMAIN, Dice

UserAddress = get_model("address", "UserAddress")

PASSWORD = "lifecycle"
SHOPPER = f"shopper@{EMAIL_DOMAIN}"
NEWCOMER = f"newcomer@{EMAIL_DOMAIN}"
ADMIN = f"admin@{EMAIL_DOMAIN}"
BATCH = 2000


def email_of(buyer: Buyer, shopper: Buyer) -> str:
    """The address a buyer's orders and account are under."""
    return SHOPPER if buyer is shopper else buyer.person.email


def load_customers(
    buyers: list[Buyer],
    *,
    shopper: Buyer,
    calendar: Calendar,
    countries: dict[str, Any],
    now: datetime,
) -> dict[int, Any]:
    """Create the accounts; returns them by customer id. Guests get none."""
    User = get_user_model()  # noqa: N806
    rows = [
        _account(buyer, shopper=shopper, calendar=calendar) for buyer in buyers if not buyer.guest
    ]
    User.objects.bulk_create([*rows, *_demo_accounts(now)], batch_size=BATCH)
    members = [buyer for buyer in buyers if not buyer.guest]
    users = {buyer.person.customer: user for buyer, user in zip(members, rows, strict=True)}
    UserAddress.objects.bulk_create(
        [_address(buyer, users[buyer.person.customer], countries) for buyer in members],
        batch_size=BATCH,
    )
    return users


def _account(buyer: Buyer, *, shopper: Buyer, calendar: Calendar) -> Any:
    first = calendar.moment(buyer.orders[0].minute)
    last = calendar.moment(buyer.orders[-1].minute)
    # Half of all people sign up on the way to their first order, the others look around before.
    dice = Dice("joined", buyer.person.customer)
    minutes = 2 + dice.below(25) if dice.below(2) else 60 + dice.below(21 * 24 * 60)
    return get_user_model()(
        username=f"customer-{buyer.person.customer}",
        email=email_of(buyer, shopper),
        first_name=buyer.person.first_name,
        last_name=buyer.person.last_name,
        password=make_password(PASSWORD if buyer is shopper else None),
        date_joined=first - timedelta(minutes=minutes),
        last_login=last - timedelta(minutes=2),
    )


def _demo_accounts(now: datetime) -> list[Any]:
    User = get_user_model()  # noqa: N806
    return [
        User(
            username="newcomer",
            email=NEWCOMER,
            first_name="Robin",
            last_name="Lark",
            password=make_password(PASSWORD),
            date_joined=now - timedelta(hours=20),
        ),
        User(
            username="admin",
            email=ADMIN,
            first_name="Ada",
            last_name="Marlowe",
            password=make_password(PASSWORD),
            is_staff=True,
            is_superuser=True,
            date_joined=now - timedelta(days=400),
        ),
    ]


def address_fields(buyer: Buyer, countries: dict[str, Any]) -> dict[str, Any]:
    """The fields all of Oscar's address models share."""
    person = buyer.person
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "line1": person.line1,
        "line4": person.city,
        "postcode": person.postcode,
        # The object and not its code: Oscar asks each address for the name of its country.
        "country": countries[person.country],
    }


def _address(buyer: Buyer, user: Any, countries: dict[str, Any]) -> Any:
    address = UserAddress(
        user=user,
        is_default_for_shipping=True,
        is_default_for_billing=True,
        num_orders_as_shipping_address=len(buyer.orders),
        **address_fields(buyer, countries),
    )
    # What ``save`` would do; Oscar finds an address used before by its hash.
    address.search_text = address.join_fields(address.search_fields, separator=" ")
    address.hash = address.generate_hash()
    return address
