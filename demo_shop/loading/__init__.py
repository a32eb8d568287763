"""Loads the demo shop in bulk: catalogue, pictures, customers and their real order history."""

from demo_shop.loading.load import Report, flush, is_loaded, load

__all__ = ["Report", "flush", "is_loaded", "load"]
