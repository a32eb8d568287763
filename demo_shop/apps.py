from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoShopConfig(AppConfig):
    name = "demo_shop"
    verbose_name = _("Larkhouse demo shop")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from demo_shop import consents, dating

        dating.connect()
        consents.connect()
