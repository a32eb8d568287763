"""Edge: the Wagtail admin. One module a screen."""
