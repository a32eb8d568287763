"""The door of files."""

from clm_plugin.adapters.files.crediting import find_people
from clm_plugin.adapters.files.data import Importer, Reading
from clm_plugin.adapters.files.mapping import IMPORTERS, guess
from clm_plugin.adapters.files.models import Import, RefusedRow
from clm_plugin.adapters.files.people import TRAIT
from clm_plugin.adapters.files.reading import MAX_FILE, MAX_ROWS, BadFile, harmless
from clm_plugin.adapters.files.running import (
    begin,
    begin_approved,
    choose,
    examples,
    purge,
    upload,
    work,
)
from clm_plugin.adapters.files.writing import (
    Column,
    chunks,
    csv_lines,
    csv_pieces,
    has_parquet,
    parquet_pieces,
)

__all__ = [
    "IMPORTERS",
    "MAX_FILE",
    "MAX_ROWS",
    "TRAIT",
    "BadFile",
    "Column",
    "Import",
    "Importer",
    "Reading",
    "RefusedRow",
    "begin",
    "begin_approved",
    "choose",
    "chunks",
    "csv_lines",
    "csv_pieces",
    "examples",
    "find_people",
    "guess",
    "harmless",
    "has_parquet",
    "parquet_pieces",
    "purge",
    "upload",
    "work",
]
