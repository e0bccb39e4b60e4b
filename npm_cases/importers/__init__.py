"""Files in: recommendations from CSV and JSON. Parsing only; what becomes of a row is a use case."""

from npm_cases.importers.decoding import ENCODINGS, decoded_as
from npm_cases.importers.errors import BadFile, ImportRefused, UndecidedEncoding
from npm_cases.importers.opening import Progress
from npm_cases.importers.reading import HEADERS, Format, read_rows, statuses_in
from npm_cases.importers.refused import write_refused
from npm_cases.importers.rows import ImportedRow, RefusedRow

__all__ = [
    "ENCODINGS",
    "HEADERS",
    "BadFile",
    "Format",
    "ImportRefused",
    "ImportedRow",
    "Progress",
    "RefusedRow",
    "UndecidedEncoding",
    "decoded_as",
    "read_rows",
    "statuses_in",
    "write_refused",
]
