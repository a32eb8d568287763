"""The door of files."""

from clm_plugin.adapters.files.data import Importer, Reading
from clm_plugin.adapters.files.mapping import IMPORTERS, guess
from clm_plugin.adapters.files.models import Import, RefusedRow
from clm_plugin.adapters.files.people import TRAIT
from clm_plugin.adapters.files.reading import MAX_FILE, MAX_ROWS, BadFile, harmless
from clm_plugin.adapters.files.running import begin, choose, examples, purge, upload, work

__all__ = [
    "IMPORTERS",
    "MAX_FILE",
    "MAX_ROWS",
    "TRAIT",
    "BadFile",
    "Import",
    "Importer",
    "Reading",
    "RefusedRow",
    "begin",
    "choose",
    "examples",
    "guess",
    "harmless",
    "purge",
    "upload",
    "work",
]
