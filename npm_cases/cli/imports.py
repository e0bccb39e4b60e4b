"""The import command: a file in, counts out, refused rows written where they can be mended."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from npm_cases.cli.shell import Shell, as_typed, command, console, table
from npm_cases.domain.errors import BadInput


def register(app: typer.Typer) -> None:
    """Add the command of this module."""

    @command(app, "import", epilog="Example: npm-cases import upr.csv --format upr --refused mend.csv")
    def import_(
        shell: Shell,
        file: Annotated[Path, typer.Argument(help="The file to import.")],
        *,
        format_: Annotated[str, typer.Option("--format", help="upr, csv or json")] = "upr",
        encoding: Annotated[str, typer.Option(help="utf-8, mac_roman or cp1252; found out where only one fits.")] = "",
        vocabulary: Annotated[
            str, typer.Option(help="Whose words stand in the column status; found out where only one fits them all.")
        ] = "",
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Count and check, write nothing.")] = False,
        refused: Annotated[
            Path | None, typer.Option("--refused", help="Write the refused rows here, to mend and import again.")
        ] = None,
    ) -> None:
        """Import recommendations: read = new + same + changed + refused. Run it again after trouble: nothing comes twice."""
        from npm_cases.importers import HEADERS, Progress, decoded_as, read_rows, write_refused
        from npm_cases.services.import_rows import import_rows

        if format_ not in HEADERS:
            raise BadInput(f"--format {format_!r} is not one of {', '.join(HEADERS)}")
        if refused is not None and refused.exists():
            raise BadInput(f"--refused {refused} exists already; name a new file, so that nothing is lost")
        fmt: Any = format_
        used = decoded_as(file, encoding or None)
        words = _vocabulary(file, fmt, encoding, vocabulary)
        progress = Progress()
        bad: list[Any] = []
        with _bar(shell, file, progress) as advance:
            report = import_rows(
                shell.office, read_rows(file, fmt, encoding or None, progress), shell.actor(), shell.at(),
                vocabulary=words, dry_run=dry_run, on_refused=bad.append if refused else lambda _: None, on_batch=lambda _: advance(),
            )  # fmt: skip
        if refused is not None and bad:
            write_refused(refused, HEADERS[fmt], bad)
        answer = {
            "read": report.read, "new": report.new, "same": report.same, "changed": report.changed,
            "refused": report.refused, "encoding": used, "dry_run": dry_run, "vocabulary": words.id if words else "",
            "vocabulary_guessed": bool(words and not vocabulary),
            "refusals": [{"line": r.line, "field": r.field, "reason": r.reason} for r in report.refusals],
            "look_alikes": [{"line": one.line, "field": one.field, "words": one.words} for one in report.look_alikes],
        }  # fmt: skip
        shell.out(answer, lambda where: _show(where, file, answer, refused))


def _vocabulary(file: Path, fmt: Any, encoding: str, given: str) -> Any:
    """Return the vocabulary given, or the only one that knows every status of the file; None where that is none."""
    from npm_cases.domain.vocabulary import fitting
    from npm_cases.importers import statuses_in
    from npm_cases.packs.vocabulary_file import vocabularies, vocabulary

    if given:
        return vocabulary(given)
    fit = fitting(vocabularies(), statuses_in(file, fmt, encoding or None))
    return fit[0] if len(fit) == 1 else None


def _bar(shell: Shell, file: Path, progress: Any) -> Any:
    """Show a progress bar to people; programs get none."""
    from contextlib import contextmanager

    from rich.progress import Progress as Bar

    @contextmanager
    def shown() -> Any:
        if shell.as_json or not sys.stderr.isatty():
            yield lambda: None
            return
        with Bar(console=console(stderr=True), transient=True) as bar:
            task = bar.add_task(f"importing {file.name}", total=None)
            yield lambda: bar.update(task, total=progress.total or None, completed=progress.bytes_read)

    return shown()


def _show(where: Any, file: Path, answer: dict[str, Any], refused: Path | None) -> None:
    mode = "would be" if answer["dry_run"] else "are"
    where.print(
        f"{file.name} ({answer['encoding']}): {answer['read']} rows read; {answer['new']} {mode} new, {answer['same']} same, "
        f"{answer['changed']} changed, {answer['refused']} refused"
    )
    if answer["vocabulary"]:
        how = "the only one that knows every status of the file" if answer["vocabulary_guessed"] else "as given"
        where.print(f"statuses are words of {answer['vocabulary']}, {how}")
    if answer["refusals"]:
        rows = [(r["line"], r["field"], as_typed(r["reason"])) for r in answer["refusals"][:20]]
        table(where, "Refused", ("Line", "Field", "Reason"), rows)
        if refused is not None:
            where.print(f"the refused rows are in {refused}: mend them there and import that file again")
        else:
            where.print("add --refused FILE to get the refused rows, mend them, and import them again")
    if answer["look_alikes"]:
        rows = [(one["line"], one["field"], as_typed(", ".join(one["words"]))) for one in answer["look_alikes"][:20]]
        table(where, "Kept, but look: Latin and Cyrillic letters in one word", ("Line", "Field", "Words"), rows)
