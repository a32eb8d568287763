"""What a host project may import; everything else may change between releases."""

from clm_plugin.clock import now
from clm_plugin.events.api import BadEvent, NewEvent, actor, record, record_many
from clm_plugin.exceptions import ClmError
from clm_plugin.money import Money, MoneyError
from clm_plugin.pipeline import drain, next_due, sweep
from clm_plugin.shop.api import Shop, ShopError, get_shop

__all__ = [
    "BadEvent",
    "ClmError",
    "Money",
    "MoneyError",
    "NewEvent",
    "Shop",
    "ShopError",
    "actor",
    "drain",
    "get_shop",
    "next_due",
    "now",
    "record",
    "record_many",
    "sweep",
]
