"""Oscar's own offer tables, unchanged."""

from oscar.apps.offer.models import *  # noqa: F403  (Oscar's documented way to fork an app)
