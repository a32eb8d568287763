"""The two ways this shop sends parcels."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from oscar.apps.shipping.methods import Base
from oscar.apps.shipping.repository import Repository as OscarRepository
from oscar.core import prices

FREE_FROM = Decimal("40.00")


class Parcel(Base):
    """A parcel with one price, possibly free above a threshold."""

    charge = Decimal("0.00")
    free_from: Decimal | None = None

    def calculate(self, basket: Any) -> Any:
        # The value of the goods after discounts, so a voucher cannot be used to win free postage.
        free = self.free_from is not None and basket.total_incl_tax >= self.free_from
        charge = Decimal("0.00") if free else self.charge
        return prices.Price(currency=basket.currency, excl_tax=charge, tax=Decimal("0.00"))


class Standard(Parcel):
    code = "standard"
    name = _("Standard delivery")
    description = _("Two to three working days. Free for orders over £40.")
    charge = Decimal("3.95")
    free_from = FREE_FROM


class Express(Parcel):
    code = "express"
    name = _("Express delivery")
    description = _("The next working day if you order before 4 pm.")
    charge = Decimal("7.95")


class Repository(OscarRepository):
    methods = (Standard(), Express())
