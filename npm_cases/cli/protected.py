"""Commands on what is protected in a case: documents in and out, names found, legal hold, erasure."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from npm_cases.cli.files import open_file, write_new_file
from npm_cases.cli.shell import Shell, as_typed, command, receipt_of, table
from npm_cases.domain.errors import BadInput
from npm_cases.domain.instants import from_text
from npm_cases.services.casework import OnCase

Ref = Annotated[str, typer.Argument(metavar="CASE", help="Number or id of the case.")]
Key = Annotated[str, typer.Option("--key", help="Key that makes a repeat of this command harmless.")]
Why = Annotated[str, typer.Option("--reason", help="Code of why; it is recorded.")]


def add(group: typer.Typer) -> None:
    """Add the commands of this module to the group of cases."""
    _documents(group)
    _names(group)
    _ending(group)


def _documents(group: typer.Typer) -> None:
    @command(group, "document", epilog="Example: npm-cases case document R-2026-000001 reply.pdf")
    def document(
        shell: Shell,
        ref: Ref,
        file: Annotated[Path | None, typer.Argument(help="The file to add.")] = None,
        *,
        get: Annotated[str, typer.Option("--get", metavar="ID", help="Read this document of the case instead.")] = "",
        to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="New file to write it to.")] = None,
        reason: Why = "",
        key: Key = "",
    ) -> None:
        """Put a document on a case, stored encrypted and named by the hash of its ciphertext; or read one with --get."""
        if get and to and not file:
            _read(shell, ref, get, to, reason)
        elif file and not get and not to:
            _put(shell, ref, file, key)
        else:
            raise BadInput("give a FILE to add, or --get ID --to FILE --reason R to read one")


def _put(shell: Shell, ref: str, file: Path, key: str) -> None:
    from npm_cases.services.casework import add_document

    on_case = OnCase(ref, shell.actor(), shell.at(), key=key)
    with open_file(file) as content:
        name, receipt = add_document(shell.office, on_case, file.name, content)
    shell.out({"document": name, "receipt": receipt_of(receipt)}, lambda where: where.print(f"document {name}"))


def _read(shell: Shell, ref: str, document: str, to: Path, reason: str) -> None:
    from npm_cases.services.documents import read_document

    if to.exists():
        raise BadInput(f"--to {to}: it is there already; give the name of a new file")
    name, pieces = read_document(shell.office, ref, document, shell.actor(), shell.at(), reason)
    size = write_new_file(to, pieces)
    answer = {"document": document, "name": name, "file": str(to), "size": size}
    shell.out(answer, lambda where: where.print(f"{as_typed(name)}: {size} bytes in {to}; keep it as safe as the case"))


def _names(group: typer.Typer) -> None:
    @command(group, "find", epilog="Example: npm-cases case find - --reason letter_received")
    def find(
        shell: Shell,
        name: Annotated[str, typer.Argument(help="The whole name; - reads it from standard input, unseen by others.")],
        *,
        reason: Why,
    ) -> None:
        """Find the cases a person is named in, by the whole name; the look-up itself is recorded first."""
        from npm_cases.services.name_index import find_name

        wanted = sys.stdin.readline().strip() if name == "-" else name
        found = find_name(shell.office, wanted, shell.actor(), shell.at(), reason)
        rows = [(one.number, one.state) for one in found]
        answer = [{"number": number, "state": state} for number, state in rows]
        title = "1 case" if len(rows) == 1 else f"{len(rows)} cases"
        shell.out(answer, lambda where: table(where, title, ("Number", "State"), rows))


def _ending(group: typer.Typer) -> None:
    @command(group, "hold", epilog="Example: npm-cases case hold A-2026-000001 --reason court_case")
    def hold(
        shell: Shell,
        ref: Ref,
        *,
        reason: Why,
        lift: Annotated[bool, typer.Option("--lift", help="End the hold.")] = False,
        key: Key = "",
    ) -> None:
        """Put a case under legal hold, so that nothing of it can be erased, or lift the hold."""
        from npm_cases.services.legal_hold import hold as do_hold

        receipt = do_hold(shell.office, OnCase(ref, shell.actor(), shell.at(), key=key), reason, lift=lift)
        said = "the hold is lifted" if lift else "held"
        shell.out({"receipt": receipt_of(receipt)}, lambda where: where.print(f"{said}; receipt {receipt}"))

    @command(
        group,
        "erase",
        epilog="Example: npm-cases case erase A-2026-000001 --basis retention_period_over --reason yearly",
    )
    def erase(
        shell: Shell,
        ref: Ref,
        *,
        basis: Annotated[str, typer.Option(help="Legal basis, by its code in the country pack.")],
        reason: Why,
        key: Key = "",
    ) -> None:
        """Propose to destroy every sealed text and document of a closed case; another person confirms it."""
        from npm_cases.services.erasure import propose_erasure

        on_case = OnCase(ref, shell.actor(), shell.at(), key=key)
        found = propose_erasure(shell.office, on_case, basis, reason)
        answer = {"pending": found.approval, "receipt": receipt_of(found.receipt)}
        days = shell.app.settings.key_backup_days
        shell.out(answer, lambda where: where.print(_waits(ref, found.approval, days)))


def _waits(ref: str, approval: str, days: int) -> str:
    return (
        f"{ref}: the erasure is proposed; another person makes it with\n  npm-cases case confirm {approval}\n"
        f"It cannot be undone. Backups of the key store still open the case until they are pruned, {days} days later."
    )


def confirmed_erasure(shell: Shell, approval: str, receipt: Any) -> bool:
    """Say what an erasure just confirmed took away, and until when backups still hold it; False if it was another act."""
    from npm_cases.services.erasure import erasure_of

    found = erasure_of(shell.office, approval)
    if found is None:
        return False
    office, days = shell.office, shell.app.settings.key_backup_days
    backups_end = office.times.day(from_text(found.at) + timedelta(days=days)).isoformat()
    members = {"basis": found.basis, "texts": found.texts, "documents": found.documents, "backups_end": backups_end}
    answer = {"erased": {"case": found.number, **members}, "receipt": receipt_of(receipt)}
    shell.out(answer, lambda where: where.print(_gone(answer["erased"], receipt)))
    return True


def _gone(erased: Any, receipt: Any) -> str:
    return (
        f"{erased['case']}: erased on basis {erased['basis']}: {erased['texts']} sealed texts, {erased['documents']} "
        "documents and the names in them open no more.\n"
        f"Backups of the key store made before still open them. Make a new one (`npm-cases keys backup`), and from "
        f"{erased['backups_end']} on `npm-cases keys prune` removes those.\n"
        f"receipt {receipt}"
    )
