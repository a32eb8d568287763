from oscar.apps.shipping.apps import ShippingConfig as OscarShippingConfig


class ShippingConfig(OscarShippingConfig):  # type: ignore[misc]
    name = "demo_shop.oscar_apps.shipping"
