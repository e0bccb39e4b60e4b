"""Cells that no spreadsheet takes for a formula, and their way back; whatever writes or reads a table holds to this one rule."""

import re
from typing import Final

_FORMULA: Final = re.compile("'*[\\s\"]*[=+\\-@\uff1d\uff0b\uff0d\uff20|%]|'*[\t\r\n]")


def inert(cell: str) -> str:
    """Make a cell plain text for a spreadsheet; ``as_typed`` is its exact inverse."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def as_typed(cell: str) -> str:
    """Give back the cell that ``inert`` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell
