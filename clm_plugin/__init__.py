"""Customer lifecycle management inside a Django store. Read ``pipeline.py`` first."""

__version__ = "0.1.0"
