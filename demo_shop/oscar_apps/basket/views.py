"""The voucher form takes the plugin's codes, too; every other basket page is Oscar's."""

from oscar.apps.basket.views import VoucherAddView as OscarVoucherAddView

from clm_plugin.adapters.oscar.offers_vouchers import ClmVouchers


class VoucherAddView(ClmVouchers, OscarVoucherAddView):
    pass
