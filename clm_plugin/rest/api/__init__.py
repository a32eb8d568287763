"""The REST API of staff and services under ``/clm/api/``: DRF, documented by OpenAPI."""
