"""A pretend card gateway: it approves, declines, times out or asks the card's bank first, and keeps
a ledger of what it did."""

import re
import secrets
from dataclasses import dataclass
from decimal import Decimal

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from demo_shop import clock
from demo_shop.models import GatewayTransaction

APPROVES = "4242424242424242"
DECLINES = "4000000000000002"
TIMES_OUT = "4000000000000119"
ASKS_BANK = "4000000000003220"
OUTCOMES = {APPROVES: "approve", DECLINES: "decline", TIMES_OUT: "timeout", ASKS_BANK: "bank"}
_SALT = "larkhouse.bank"
BANK_WAITS = 3600
"""Seconds that the bank waits for its customer."""


class GatewayError(Exception):
    """The gateway did not do what it was asked; the text is fit for the shopper."""


class CardDeclinedError(GatewayError):
    """The bank said no. Nothing was charged."""


class GatewayTimeoutError(GatewayError):
    """No answer came in time. The gateway charges nothing it did not confirm."""


class BankQuestionError(GatewayError):
    """The card's bank wants to ask its customer. Nothing is charged until she comes back."""

    def __init__(self, question: str) -> None:
        super().__init__("ask the bank")
        self.question = question
        """For the address of the bank's page."""


@dataclass(frozen=True, kw_only=True)
class CardToken:
    """Stands for a card after the gateway has seen it: the shop never stores the number."""

    token: str
    label: str


def tokenise(number: str) -> CardToken:
    """Swaps a card number for a token; an unknown number counts as a good card."""
    digits = re.sub(r"\D", "", number)
    outcome = OUTCOMES.get(digits, "approve")
    label = _("Card ending %(digits)s") % {"digits": digits[-4:]}
    return CardToken(token=f"tok_{outcome}_{secrets.token_hex(6)}", label=label)


def charge(*, token: str, amount: Decimal, currency: str, order_number: str) -> str:
    """Takes ``amount`` and returns the gateway's reference."""
    outcome = token.split("_")[1] if token.count("_") == 2 else "decline"
    if outcome == "bank":
        asked = {"order": order_number, "amount": str(amount), "currency": currency}
        raise BankQuestionError(signing.dumps(asked, salt=_SALT))
    status = {
        "approve": GatewayTransaction.Status.CAPTURED,
        "timeout": GatewayTransaction.Status.TIMED_OUT,
    }.get(outcome, GatewayTransaction.Status.DECLINED)
    row = GatewayTransaction.objects.create(
        reference=f"ch_{secrets.token_hex(8)}",
        kind=GatewayTransaction.Kind.CHARGE,
        status=status,
        order_number=order_number,
        amount=amount,
        currency=currency,
        created_at=clock.now(),
    )
    if status == GatewayTransaction.Status.DECLINED:
        raise CardDeclinedError(
            _("Your bank declined the card. Nothing was charged; please try another card.")
        )
    if status == GatewayTransaction.Status.TIMED_OUT:
        raise GatewayTimeoutError(
            _(
                "The payment service did not answer in time. Nothing was charged and your "
                "basket is safe; please try again in a moment."
            )
        )
    return row.reference


def question(signed: str) -> dict[str, str]:
    """What the bank asks about: order, amount, currency. Raises GatewayError when nobody asked."""
    try:
        asked: dict[str, str] = signing.loads(signed, salt=_SALT, max_age=BANK_WAITS)
    except signing.BadSignature as error:
        raise GatewayError(_("The bank knows no such question, or waited too long.")) from error
    return asked


def approved() -> CardToken:
    """The token of a card whose bank said yes."""
    return CardToken(token=f"tok_approve_{secrets.token_hex(6)}", label=_("Card ending 3220"))


def refundable(*, reference: str) -> Decimal:
    """What is left of a charge after its refunds."""
    row = GatewayTransaction.objects.filter(
        reference=reference, status=GatewayTransaction.Status.CAPTURED
    ).first()
    return row.left if row else Decimal("0.00")


def refund(*, reference: str, amount: Decimal, key: str = "") -> str:
    """Gives back ``amount`` of a charge and returns the refund's reference; once for each key."""
    with transaction.atomic():
        # The lock makes two refunds of one charge queue up instead of both fitting in.
        charged = (
            GatewayTransaction.objects.select_for_update()
            .filter(reference=reference, status=GatewayTransaction.Status.CAPTURED)
            .first()
        )
        if charged is None:
            raise GatewayError(_("The gateway knows no such payment."))
        if key and (before := charged.refunds.filter(key=key).first()):
            if before.amount != amount:
                raise GatewayError(
                    _("The gateway gave back %(amount)s before, which is not written down here.")
                    % {"amount": before.amount}
                )
            return before.reference
        if amount <= 0 or amount > charged.left:
            raise GatewayError(_("The refund is larger than what is left of the payment."))
        return GatewayTransaction.objects.create(
            reference=f"re_{secrets.token_hex(8)}",
            kind=GatewayTransaction.Kind.REFUND,
            status=GatewayTransaction.Status.REFUNDED,
            parent=charged,
            key=key,
            order_number=charged.order_number,
            amount=amount,
            currency=charged.currency,
            created_at=clock.now(),
        ).reference
