"""Draws the pictures of the demo shop: one illustration per item, made from its description."""

from demo_shop.artwork.picture import KINDS, VERSION, draw
from demo_shop.artwork.spec import Spec

__all__ = ["KINDS", "VERSION", "Spec", "draw"]
