"""Commands for auditors: verify the history, balance the counters."""

from typing import Any

import typer

from npm_cases.cli.failures import BROKEN
from npm_cases.cli.shell import Shell, command, table

LEVELS = {0: "self-consistent only: compare with a checkpoint kept outside to learn more"}


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="The history, checked.", no_args_is_help=True)
    app.add_typer(group, name="audit")

    @command(group, "verify", epilog="Example: npm-cases audit verify --json")
    def verify(shell: Shell) -> None:
        """Recompute every leaf, link and due date, replay every move, and compare the state tables."""
        from npm_cases.services.verify import verify as verify_history

        app_ = shell.app
        app_.sequence()
        with app_.reader as reader:
            found = verify_history(app_.office, reader, shell.at())
        answer = {
            "events": found.events, "level": found.level,
            "findings": [{"case": f.case, "seq": f.seq, "index": f.index, "what": f.what} for f in found.findings],
        }  # fmt: skip
        shell.out(answer, lambda where: _show(where, answer))
        if found.findings:
            shell.fail(
                BROKEN,
                f"the history does not hold: {len(found.findings)} findings; keep everything and call the auditor",
            )

    @command(app, "fsck", epilog="Example: npm-cases fsck")
    def fsck(shell: Shell) -> None:
        """Balance every counter: what was asked, done, owed, sent and recorded must add up."""
        from npm_cases.services.balance import balance

        found = balance(shell.office, shell.app.counters, shell.at())
        answer = {"balanced": found.balanced, "counters": found.counters, "unbalanced": list(found.unbalanced)}
        shell.out(answer, lambda where: _show_balance(where, answer))
        if not found.balanced:
            shell.fail(BROKEN, f"the counters do not balance: {'; '.join(found.unbalanced)}")


def _show(where: Any, answer: dict[str, Any]) -> None:
    where.print(f"{answer['events']} events verified; assurance level {answer['level']} ({LEVELS[answer['level']]})")
    if answer["findings"]:
        rows = [(f["case"], f["seq"], f["index"], f["what"]) for f in answer["findings"]]
        table(where, "Findings", ("Case", "Event", "Index", "What"), rows)
    else:
        where.print("no findings")


def _show_balance(where: Any, answer: dict[str, Any]) -> None:
    table(where, "Counters", ("Counter", "Value"), sorted(answer["counters"].items()))
    where.print("balanced" if answer["balanced"] else "[red]not balanced[/red]: " + "; ".join(answer["unbalanced"]))
