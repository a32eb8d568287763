"""Edge: the Wagtail admin, one module per screen."""
