"""The field to choose things by name, for the blocks of conditions."""

from clm_plugin.picking import LIMIT, PickBlock, PickField, PickInput

__all__ = ["LIMIT", "PickBlock", "PickField", "PickInput"]
