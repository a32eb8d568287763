"""Oscar's own shipping tables, unchanged."""

from oscar.apps.shipping.models import *  # noqa: F403  (Oscar's documented way to fork an app)
