"""Commands for proofs: checkpoints, receipts, exports, the verifier, witnesses, the key of the log."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from npm_cases.cli.files import bytes_of, private, write_new_file
from npm_cases.cli.office_acts import propose_office_act
from npm_cases.cli.shell import Shell, command, table
from npm_cases.domain.errors import BadInput, CaseError, ConfigurationError, NotFound
from npm_cases.services.office_acts import DECLARE_RESTORE, ROTATE_LOG_KEY

OUTSIDE = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def add(group: typer.Typer) -> None:
    """Add the commands of this module to the group ``audit``."""
    _checkpoints(group)
    _proofs(group)
    _outside(group)
    _keys(group)


def _checkpoints(group: typer.Typer) -> None:
    @command(group, "checkpoint", without_keys=True, epilog="Example: npm-cases audit checkpoint > today.txt")
    def checkpoint(
        shell: Shell,
        *,
        show: Annotated[bool, typer.Option("--show", help="Print the newest one; sign nothing.")] = False,
        list_: Annotated[bool, typer.Option("--list", help="List all of them; sign nothing.")] = False,
        witness_from: Annotated[
            int | None,
            typer.Option(
                "--for-witness", metavar="SIZE", help="Print a request for a witness who stands at SIZE.", min=0
            ),
        ] = None,
    ) -> None:
        """Have the log as it is now signed, and print the checkpoint: a number and a hash, fit for anyone to keep."""
        from npm_cases.services.checkpoints import request

        app = shell.app
        if list_:
            _show_list(shell)
            return
        if not show and witness_from is None:
            app.checkpoint(shell.at())
        with app.log() as log:
            last = log.last_checkpoint()
            if last is None:
                raise NotFound("nothing was signed yet: run `npm-cases audit checkpoint`")
            if witness_from is not None:
                sys.stdout.write(request(log, witness_from, last.note).decode())
                return
        answer = {"number": last.number, "size": last.size, "root": last.root.hex(), "at": last.at, "note": last.whole}
        if shell.as_json:
            shell.out(answer)
        else:
            sys.stdout.write(last.whole)  # exactly as signed: what is kept must stay so

    @command(group, "cosigned", without_keys=True, epilog="Example: npm-cases audit cosigned answer.txt --witness VKEY")
    def cosigned(
        shell: Shell,
        file: Annotated[Path, typer.Argument(help="The checkpoint with the witness's line, or that line alone.")],
        *,
        witness: Annotated[
            list[str], typer.Option("--witness", metavar="VKEY", help="The witness's verifier key; repeat it.")
        ],
    ) -> None:
        """Keep what a witness signed, so that exports carry it."""
        from npm_cases.services.checkpoints import add_cosignatures

        app = shell.app
        added = add_cosignatures(app.office, app.log, bytes_of(file), witness, shell.at())
        shell.out({"added": added}, lambda where: where.print(f"{added} new cosignatures kept"))


def _show_list(shell: Shell) -> None:
    with shell.app.log() as log:
        found = [
            {"number": c.number, "at": c.at, "size": c.size, "root": c.root.hex(), "cosignatures": len(c.cosignatures)}
            for c in log.checkpoints()
        ]
    rows = [(c["number"], shell.local(str(c["at"])), c["size"], c["cosignatures"], c["root"]) for c in found]
    shell.out(found, lambda where: table(where, "Checkpoints", ("No", "Made", "Entries", "Witnesses", "Root"), rows))


def _proofs(group: typer.Typer) -> None:
    @command(
        group, "prove", without_keys=True, epilog="Example: npm-cases audit prove R-2026-000001 3 > event.tlog-proof"
    )
    def prove(
        shell: Shell,
        case: Annotated[str, typer.Argument(help="Number or id of the case, or the id a receipt names.")],
        seq: Annotated[int, typer.Argument(help="The event of its history.", min=1)],
        leaf: Annotated[
            str, typer.Argument(help="The leaf the receipt names; without it the event is taken as it is.")
        ] = "",
    ) -> None:
        """Prove that one event is in the log, or find out that a receipt's event is not: whoever holds it may ask."""
        from npm_cases.services import checkpoints

        app = shell.app
        app.sequence()  # an event of a moment ago is no event that was removed
        if leaf:
            proof = checkpoints.proof_of(app.log, _chain(app, case), seq, leaf)
        else:
            proof = checkpoints.prove(app.office, app.log, case, seq, shell.actor())
        if shell.as_json:
            shell.out({"case": case, "seq": seq, "index": proof.index, "proof": proof.text()})
        else:
            sys.stdout.write(proof.text())

    @command(group, "export", without_keys=True, epilog="Example: npm-cases audit export log.zip")
    def export(
        shell: Shell,
        file: Annotated[Path, typer.Argument(help="Where to; it must not be there yet.")],
        *,
        case: Annotated[str, typer.Option("--case", help="One case; without it the whole log.")] = "",
        text: Annotated[
            str, typer.Option("--text", help="none: left out; sealed: as stored; open: opened (one case).")
        ] = "none",
        reason: Annotated[
            str, typer.Option("--reason", help="Code of why protected text leaves the house; it is recorded.")
        ] = "",
    ) -> None:
        """Write a bundle that proves itself without us; the export is recorded. Its form: docs/bundle.md."""
        from npm_cases.services.bundle import Export, export as write

        app, actor = shell.app, shell.actor()
        if file.exists():
            raise BadInput(f"{file} is there already; name another file")
        wanted = Export(actor, shell.at(), case, text, reason)
        partial = file.with_name(file.name + ".part")
        try:
            with open(partial, "wb", opener=private) as to:
                events = write(app.office, lambda: app.reader, app.sequence, lambda: _sign(app, wanted.at), wanted, to)
            partial.replace(file)
        except OSError as error:
            raise BadInput(f"{file} cannot be written: {error.strerror}") from error
        finally:
            partial.unlink(missing_ok=True)
        answer = {"file": str(file), "events": events, "text": text}
        shell.out(answer, lambda where: where.print(f"{events} events in {file}; check it with the one-file verifier"))


def _sign(app: Any, at: str) -> None:
    """Have the log signed for an export, and say why where it is not: the export goes on without."""
    try:
        app.checkpoint(at)
    except CaseError as refused:
        sys.stderr.write(f"nothing new was signed for this export: {refused}\n")
        raise


def _outside(group: typer.Typer) -> None:
    @command(group, "verifier", epilog="Example: npm-cases audit verifier npm_verify.py")
    def verifier(
        shell: Shell, file: Annotated[Path, typer.Argument(help="Where to; it must not be there yet.")]
    ) -> None:
        """Write the one-file verifier an auditor carries away: Python's own library and one Ed25519 library."""
        from npm_cases.proving.one_file import one_file

        write_new_file(file, [one_file().encode()])
        shell.out({"file": str(file)}, lambda where: where.print(f"{file}: run it with `python {file} --help`"))

    @group.command("witness", context_settings=OUTSIDE)
    def witness(context: typer.Context) -> None:
        """Be a witness on your own machine: init, trust, cosign, show, accept-restore; `audit witness --help` lists them."""
        from npm_cases.proving.witness import main

        raise typer.Exit(main(context.args, "npm-cases audit witness"))


def _keys(group: typer.Typer) -> None:
    @command(group, "rotate-key", epilog="Example: npm-cases audit rotate-key")
    def rotate_key(shell: Shell) -> None:
        """Propose to replace the key of the log; another person confirms it. The event is signed by both keys."""
        propose_office_act(shell, ROTATE_LOG_KEY)

    @command(group, "log-key", without_keys=True, epilog="Example: npm-cases audit log-key")
    def log_key(shell: Shell) -> None:
        """Print the verifier key of the log: give it to auditors and witnesses on paper."""
        from npm_cases.services.checkpoints import known_keys

        keys = known_keys(shell.office)
        if not keys:
            raise ConfigurationError("this installation has no key of the log yet; run `npm-cases init`")
        shell.out({"key": keys[0]}, lambda where: where.print(keys[0], soft_wrap=True, markup=False))

    @command(group, "declare-restore", epilog="Example: npm-cases audit declare-restore")
    def declare_restore(shell: Shell) -> None:
        """Propose to say that the database was restored from a backup on purpose; another person confirms it."""
        propose_office_act(shell, DECLARE_RESTORE)


def _chain(app: Any, case: str) -> str:
    """Return the chain a receipt names: an id as it is, a number looked up."""
    try:
        with app.office.open_reading() as work:
            return str(work.read_case(case).id)
    except NotFound:
        return case
