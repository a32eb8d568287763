"""Makes the same invented person from the same customer id, every time."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TypeVar

from demo_shop.loading import names

T = TypeVar("T")

# Demo customers have an address in this domain and no other.
EMAIL_DOMAIN = "example.com"
POSTCODE_LETTERS = tuple("ABDEFGHJLNPQRSTUWXYZ")


@dataclass(frozen=True, kw_only=True)
class Person:
    """An invented customer. ``country`` is the two-letter code of the real customer's country."""

    customer: int
    first_name: str
    last_name: str
    line1: str
    city: str
    postcode: str
    country: str

    @property
    def email(self) -> str:
        """An address nobody can own; the id keeps it unique."""
        return f"{self.first_name}.{self.last_name}.{self.customer}@{EMAIL_DOMAIN}".lower()


class Dice:
    """Choices that depend on nothing but the id, unlike ``random`` with a seed per run."""

    def __init__(self, *seed: object) -> None:
        text = ":".join(str(part) for part in seed)
        self._state = int.from_bytes(blake2b(text.encode(), digest_size=16).digest(), "big")

    def below(self, limit: int) -> int:
        """The next number from 0 to ``limit`` - 1."""
        self._state, value = divmod(self._state, limit)
        return value

    def pick(self, choices: tuple[T, ...] | list[T]) -> T:
        """One of the choices."""
        return choices[self.below(len(choices))]


def person(customer: int, country: str) -> Person:
    """The person behind a customer id."""
    dice = Dice("person", customer)
    (first, last), city = names.ABROAD.get(country, (names.BRITISH_NAMES, ""))
    postcode = f"{10000 + dice.below(89999)}"
    if not city:
        city, outward = dice.pick(names.UK_TOWNS)
        letters = dice.pick(POSTCODE_LETTERS) + dice.pick(POSTCODE_LETTERS)
        postcode = f"{outward} {1 + dice.below(9)}{letters}"
    street = f"{dice.pick(names.STREETS)} {dice.pick(names.STREET_KINDS)}"
    return Person(
        customer=customer,
        first_name=dice.pick(first.split()),
        last_name=dice.pick(last.split()),
        line1=f"{1 + dice.below(140)} {street}",
        city=city,
        postcode=postcode,
        country=country,
    )
