"""The adapter for django-oscar. Importing it loads no model, so settings may name it."""

from clm_plugin.adapters.oscar.shop import OscarShop

__all__ = ["OscarShop"]
