"""Commands for backups: make one while work goes on, check one, restore one where nothing is (docs/backup.md)."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from npm_cases.cli.shell import Shell, command, settings

if TYPE_CHECKING:
    from npm_cases.backup import Restored
    from npm_cases.services.backup_check import Checked
    from npm_cases.services.backups import Manifest

MEGABYTE = 1_000_000
NO_KEY = (
    "there is no key in it: back the key store up now too, into another place (npm-cases keys backup), so that every case "
    "of this backup has its key there, and what is erased stays erased"
)
Folder = Annotated[Path, typer.Argument(help="The folder of one backup.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(
        help="Backups of the cases: made, checked, restored. Keys have their own.", no_args_is_help=True
    )
    app.add_typer(group, name="backup")

    @command(group, "make", without_keys=True, epilog='Example: npm-cases backup make "/media/backup/$(date +%F)"')
    def make(
        shell: Shell, folder: Annotated[Path, typer.Argument(help="A new folder, on another disk than the data.")]
    ) -> None:
        """Write database and documents as they are at one instant into a new folder, while work goes on."""
        from npm_cases.backup import make as write

        manifest = write(shell.app, folder, shell.now())
        answer = {"folder": str(folder), **_of(manifest), "missing_documents": list(manifest.missing)}
        shell.out(answer, lambda where: where.print("\n".join(_made(manifest, folder)), markup=False, soft_wrap=True))
        if manifest.missing:
            shell.fail(1, f"{len(manifest.missing)} documents are lost or damaged here: run `npm-cases audit verify`")

    @command(group, "check", epilog="Example: npm-cases backup check /media/backup/2026-03-02")
    def check(shell: Shell, folder: Folder) -> None:
        """Check everything of a backup, and change nothing: every file, the whole history, and the keys that are here."""
        from npm_cases.backup import check as look

        checked = look(settings(), folder, shell.now())
        shell.out(_checked(checked), lambda where: where.print("\n".join(_said(checked)), markup=False))

    @command(group, "restore", epilog="Example: npm-cases backup restore /media/backup/2026-03-02")
    def restore(
        shell: Shell,
        folder: Folder,
        *,
        without_keys: Annotated[
            int, typer.Option("--without-keys", metavar="N", help="You know that so many cases have no key.", min=0)
        ] = 0,
    ) -> None:
        """Check a backup as a whole, then put it where no database is; says what comes next."""
        from npm_cases.backup import restore as put

        done = put(settings(), folder, shell.now(), without_keys)
        answer = {**_checked(done.checked), "signer": done.signer, "next": list(_next(done))}
        lines = [*_said(done.checked), "restored. Next:", *(f"  {line}" for line in _next(done))]
        shell.out(answer, lambda where: where.print("\n".join(lines), markup=False, soft_wrap=True))


def _of(manifest: "Manifest") -> dict[str, Any]:
    return {
        "made_at": manifest.made_at, "origin": manifest.origin, "came_from": manifest.came_from,
        "revision": manifest.revision, "country": manifest.country, "calendar": manifest.calendar,
        "events": manifest.events, "log_size": manifest.log_size, "log_root": manifest.log_root,
        "documents": len(manifest.documents), "bytes": manifest.size,
    }  # fmt: skip


def _checked(checked: "Checked") -> dict[str, Any]:
    keys = checked.keys
    found = {name: getattr(keys, name) for name in ("all", "opening", "missing", "returned")} if keys else None
    return {**_of(checked.manifest), "level": checked.level, "keys": found, "notes": list(checked.notes)}


def _made(manifest: "Manifest", folder: Path) -> Iterator[str]:
    yield f"written: {folder}: {_what(manifest)}"
    yield NO_KEY
    yield f"check it: npm-cases backup check {folder}"


def _what(manifest: "Manifest") -> str:
    size = f"{manifest.size / MEGABYTE:.1f} MB"
    return f"{manifest.events} events, {len(manifest.documents)} documents, {size}, log root {manifest.log_root}"


def _said(checked: "Checked") -> Iterator[str]:
    manifest = checked.manifest
    yield f"backup of {manifest.origin}, made at {manifest.made_at}: {_what(manifest)}"
    yield f"every file is as written; {checked.events} events verified without a finding, assurance level {checked.level}"
    if checked.keys:
        yield f"{checked.keys.opening} of {checked.keys.all} keys of cases are here and open"
    yield from (f"note: {note}" for note in checked.notes)


def _next(done: "Restored") -> Iterator[str]:
    from npm_cases.backup import ABSENT, AHEAD

    if done.checked.keys is None:
        yield "put the newest backup of the key store in the place of keys/case_keys.db, and its wrapping.key beside it"
    if done.signer == ABSENT:
        yield "put the folder of the signer (log.key, high-water) back, or reach it by NPM_CASES_SIGNER_COMMAND"
    yield "npm-cases audit verify"
    if done.signer == AHEAD:
        yield "the signer has signed entries this backup does not have; two people declare that they are lost:"
        yield "npm-cases audit declare-restore, then npm-cases case confirm with another person's token"
    elif done.signer == ABSENT:
        yield "npm-cases audit checkpoint; if the signer refuses because it is ahead: npm-cases audit declare-restore"
    else:
        yield "nothing that was signed is lost: there is nothing to declare"
    yield "npm-cases tick; npm-cases fsck"
    yield "docs/backup.md says what was done since the backup and is to be done again"
