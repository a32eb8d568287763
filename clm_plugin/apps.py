"""The one Django app of the plugin."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClmPluginConfig(AppConfig):
    name = "clm_plugin"
    verbose_name = _("Customer lifecycle")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from clm_plugin import checks  # noqa: F401  (registers the system checks)
        from clm_plugin.shop.api import ShopError, get_shop

        try:
            shop = get_shop()
        except ShopError:
            return  # the system check clm.E002 explains it; a wrong path must not hide the check
        shop.connect()
