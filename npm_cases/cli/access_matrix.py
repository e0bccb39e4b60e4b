"""Print docs/access.md: who may do what, open which page, make which call, give which command."""

import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from npm_cases.cli.command_rights import COMMANDS
from npm_cases.domain.rights import RIGHTS
from npm_cases.services.users import HUMAN_ROLES
from npm_cases.web.api.application import CALLS
from npm_cases.web.pages.all_pages import PAGES

HEAD = """# Who may do what

Default deny: what stands in no row nobody may do. Printed by `python -m npm_cases.cli.access_matrix docs/access.md` from
`npm_cases/domain/rights.py`, the route table of the pages, the table of calls of the JSON API and the table of commands; tests hold
this page against the router, against every command, and against what each role really gets.

Beside the role, always, by the same function (`npm_cases/domain/access.py`):

- **Region.** Somebody of one region sees its cases and those of no region. A case of another answers like one that is not there.
- **Exclusion.** Nobody named in a case, nor anybody of a unit named in it, nor the holder of a post named in it sees, finds, counts or
  is told of it.
- **Team.** The protected text of an allegation that has a caseworker is opened by that caseworker, whoever stands in for them, the
  Commissioner, the delegate, the secretariat and auditors; a second person reads the proposal they are to confirm.
- **Kind of data.** Lists and pages show codes, numbers, dates and titles of recommendations. Names and statements are sealed; opening one
  is an act with a reason, recorded before anything is shown (503 where it cannot be recorded).
- **Acts of the machines** are decided row by row by their tables ([docs/tables](tables)); those marked +2 take a second person.
- **Grave pages** ask for a fresh second factor.
- Jobs act as `clock`, which moves the escalation machine only and opens no text.
"""


def matrix() -> Iterator[str]:
    """Yield the lines of the page."""
    yield HEAD
    yield "## Rights\n"
    yield from _table(("Right",), (((f"{what}",), roles) for what, roles in RIGHTS.items()))
    yield "\n## Pages\n"
    yield from _table(
        ("Page", "Address", "Data"),
        (
            ((p.name + (" (grave)" if p.grave else ""), f"`{' '.join(p.methods)} {p.path}`", p.data.value), p.roles)
            for p in PAGES
        ),
    )
    yield "\n## Calls of the JSON API\n"
    yield from _table(
        ("Call", "Scope"), (((f"`{c.method} /api/v1{c.path}`", c.right.scope.value), c.right.roles) for c in CALLS)
    )
    yield "\n## Commands\n"
    yield "| Command | Takes |\n|---|---|"
    yield from (f"| `{name}` | {right} |" for name, right in COMMANDS.items())


def _table(heads: tuple[str, ...], rows: Iterable[tuple[tuple[str, ...], Collection[str] | None]]) -> Iterator[str]:
    yield f"| {' | '.join((*heads, *(role.replace('_', ' ') for role in HUMAN_ROLES)))} |"
    yield "|" + "---|" * (len(heads) + len(HUMAN_ROLES))
    for cells, roles in rows:
        marks = (
            ["everybody"] * len(HUMAN_ROLES) if roles is None else ["yes" if r in roles else "" for r in HUMAN_ROLES]
        )
        yield f"| {' | '.join((*cells, *marks))} |"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text("\n".join(matrix()) + "\n", encoding="utf-8")
