"""The route table: every page with who may open it and which kind of data it shows. What is not in it does not exist.

docs/access.md is printed from these rows and from the commands of the command line; a test holds both against the router.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from npm_cases.web.visit import Visit

Handler = Callable[["Visit"], Response]


class Data(StrEnum):
    """Which kind of data a page shows; ``PROTECTED`` is opened by a recorded act, never listed."""

    NONE = "none"
    CASES = "cases"
    PROTECTED = "protected"
    REGISTERS = "registers"
    HISTORY = "history"
    PEOPLE = "people"
    ENGINE = "engine"


@dataclass(frozen=True)
class Page:
    """One page: ``get`` shows, ``post`` does; ``roles`` may open it, ``None`` stands for people not signed in.

    ``grave`` asks for a fresh second factor before anything is done; of a ``rated`` page, each form sent counts against
    the tries of its address. An ``unattended`` page is asked for by an open page by itself, and keeps nobody signed in.
    ``region``, ``exclusion`` and the team of a case are decided by the use cases behind it, by the same function as on
    the command line.
    """

    name: str
    path: str
    roles: frozenset[str] | None
    data: Data
    get: Handler | None = None
    post: Handler | None = None
    grave: bool = False
    rated: bool = False
    unattended: bool = False

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods it answers to."""
        return tuple(name for name, handler in (("GET", self.get), ("POST", self.post)) if handler is not None)


@dataclass(frozen=True)
class Routes:
    """All pages, by name; names and paths are unique."""

    pages: tuple[Page, ...]
    by_name: Mapping[str, Page] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {page.name: page for page in self.pages})
        if len(self.by_name) != len(self.pages) or len({page.path for page in self.pages}) != len(self.pages):
            raise ValueError("two pages share a name or a path")

    def url(self, name: str, **params: str) -> str:
        """Return the address of a page; raises KeyError for one there is not."""
        from urllib.parse import quote

        path = self.by_name[name].path
        for key, value in params.items():
            path = path.replace("{" + key + "}", quote(value, safe=""))
        if "{" in path:
            raise KeyError(f"{name}: {path} still needs values")
        return path
