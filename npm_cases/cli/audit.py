"""Commands for auditors: verify the history, balance the counters."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from npm_cases.cli import history, proofs
from npm_cases.cli.failures import BROKEN
from npm_cases.cli.files import bytes_of
from npm_cases.cli.shell import Shell, as_typed, command, table
from npm_cases.domain.errors import BadInput

if TYPE_CHECKING:
    from npm_cases.proving.trust import Trust


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="The history, checked.", no_args_is_help=True)
    app.add_typer(group, name="audit")
    proofs.add(group)
    history.add(group)

    @command(group, "verify", without_keys=True, epilog="Example: npm-cases audit verify --kept last-month.txt")
    def verify(
        shell: Shell,
        *,
        key: Annotated[
            list[str], typer.Option("--key", metavar="VKEY", help="A key of the log you trust; else our own.")
        ] = [],  # noqa: B006 - read only
        kept: Annotated[
            list[Path], typer.Option("--kept", metavar="FILE", help="A checkpoint you kept yourself.")
        ] = [],  # noqa: B006
        witness: Annotated[
            list[str], typer.Option("--witness", metavar="VKEY", help="The key of a witness you trust.")
        ] = [],  # noqa: B006
        quorum: Annotated[
            int | None, typer.Option("--quorum", metavar="K", help="How many of them must have signed.")
        ] = None,
        receipt: Annotated[
            list[str], typer.Option("--receipt", metavar="CASE:SEQ:LEAF", help="A receipt to find.")
        ] = [],  # noqa: B006
        jobs: Annotated[int, typer.Option("--jobs", min=1, max=16, help="How many processes hash the log.")] = 1,
    ) -> None:
        """Recompute every leaf, link and due date, replay every move, compare every table and every checkpoint."""
        from npm_cases.services.verify import verify as verify_history

        app_ = shell.app
        trust = _trust(key, kept, witness, quorum, receipt)
        app_.sequence()
        with app_.reader as reader:
            found = verify_history(app_.office, reader, shell.at(), trust, app_.hashing(jobs))
        answer = {
            "events": found.events, "level": found.level, "covers": found.covers,
            "findings": [{"case": f.case, "seq": f.seq, "index": f.index, "what": f.what} for f in found.findings],
            "notes": list(found.notes),
        }  # fmt: skip
        shell.out(answer, lambda where: _show(where, answer))
        if found.findings:
            shell.fail(
                BROKEN,
                f"the history does not hold: {len(found.findings)} findings; keep everything and call the auditor",
            )

    @command(app, "fsck", without_keys=True, epilog="Example: npm-cases fsck")
    def fsck(shell: Shell) -> None:
        """Balance every counter: what was asked, done, owed, sent and recorded must add up."""
        from npm_cases.services.balance import balance

        found = balance(shell.office, shell.app.counters, shell.at())
        answer = {"balanced": found.balanced, "counters": found.counters, "unbalanced": list(found.unbalanced)}
        shell.out(answer, lambda where: _show_balance(where, answer))
        if not found.balanced:
            shell.fail(BROKEN, f"the counters do not balance: {'; '.join(found.unbalanced)}")


def _trust(
    keys: Sequence[str], kept: Sequence[Path], witnesses: Sequence[str], quorum: int | None, receipts: Sequence[str]
) -> "Trust":
    from npm_cases.proving import trust

    try:
        found = tuple(trust.witness_key(text) for text in witnesses)
        return trust.Trust(
            keys=tuple(trust.log_key(text) for text in keys),
            kept=tuple(trust.kept_checkpoint(str(file), bytes_of(file)) for file in kept),
            witnesses=found,
            quorum=trust.quorum_of(quorum, found),
            receipts=tuple(trust.receipt(text) for text in receipts),
        )
    except trust.TrustWrong as wrong:
        raise BadInput(str(wrong)) from wrong


def _show(where: Any, answer: dict[str, Any]) -> None:
    from npm_cases.proving.verdict import LEVELS, LIMITS

    where.print(f"{answer['events']} events verified; assurance level {answer['level']}: {LEVELS[answer['level']]}")
    if answer["covers"]:
        where.print(f"this level covers the entries 0 to {answer['covers'] - 1} of the log")
    for note in answer["notes"]:
        where.print(f"note: {as_typed(note)}")
    if answer["findings"]:
        rows = [(f["case"] or "the log", f["seq"], f["index"], as_typed(f["what"])) for f in answer["findings"]]
        table(where, "Findings", ("Case", "Event", "Index", "What"), rows)
    else:
        where.print("no findings")
    where.print(LIMITS, style="dim")


def _show_balance(where: Any, answer: dict[str, Any]) -> None:
    table(where, "Counters", ("Counter", "Value"), sorted(answer["counters"].items()))
    where.print("balanced" if answer["balanced"] else "[red]not balanced[/red]: " + "; ".join(answer["unbalanced"]))
