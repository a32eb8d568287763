"""Which offers a basket gets: Oscar's, and those of the plugin."""

from oscar.apps.offer.applicator import Applicator as OscarApplicator

from clm_plugin.adapters.oscar.offers_applying import ClmOffers


class Applicator(ClmOffers, OscarApplicator):
    pass
