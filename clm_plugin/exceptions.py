"""The base error. Every error the plugin raises on purpose derives from it."""


class ClmError(Exception):
    """Something the caller can act on; the message says what to do."""
