"""Every test of widgets runs on the gift shop."""

from tests.rest.conftest import gift_shop, send, shopper

__all__ = ["gift_shop", "send", "shopper"]
