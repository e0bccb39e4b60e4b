"""The months of the sessions of the Universal Periodic Review, read once from ``config/sessions_upr.toml``."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@cache
def session_months() -> Mapping[int, date]:
    """The first day of the month in which each session was held, by session number."""
    table = tomllib.loads((files("config") / "sessions_upr.toml").read_text("utf-8"))
    months = {int(number): date.fromisoformat(f"{month}-01") for number, month in table["months"].items()}
    return MappingProxyType(months)
