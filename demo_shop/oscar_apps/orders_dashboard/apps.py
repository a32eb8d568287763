from oscar.apps.dashboard.orders.apps import OrdersDashboardConfig as OscarOrdersDashboardConfig


class OrdersDashboardConfig(OscarOrdersDashboardConfig):
    """Oscar's app with two views changed: a fork would need all of the dashboard forked."""

    name = "oscar.apps.dashboard.orders"

    def ready(self) -> None:
        super().ready()
        from demo_shop.oscar_apps.orders_dashboard.views import OrderDetailView, OrderListView

        self.order_list_view = OrderListView
        self.order_detail_view = OrderDetailView
