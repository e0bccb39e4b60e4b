"""Commands on the key store: rotate the wrapping key, back the store up, remove old backups."""

from pathlib import Path
from typing import Annotated

import typer

from npm_cases.cli.office_acts import propose_office_act
from npm_cases.cli.shell import Shell, command
from npm_cases.domain import access
from npm_cases.services.office_acts import ROTATE_WRAPPING_KEY

Folder = Annotated[Path, typer.Argument(help="Folder of the backups; on another disk than the wrapping key.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="The keys of the cases: rotation and backups.", no_args_is_help=True)
    app.add_typer(group, name="keys")

    @command(group, "rotate", epilog="Example: npm-cases keys rotate")
    def rotate(shell: Shell) -> None:
        """Propose a new wrapping key for every key of a case; another person confirms it, and the old one is destroyed."""
        propose_office_act(shell, ROTATE_WRAPPING_KEY)

    @command(group, "backup", epilog="Example: npm-cases keys backup /media/backup/keys")
    def backup(shell: Shell, folder: Folder) -> None:
        """Copy the key store, never the wrapping key, into a folder while work goes on."""
        from npm_cases.persistence.key_backups import back_up

        access.need(shell.actor(), "back the key store up")
        file = back_up(shell.app.key_store, folder, shell.at())
        shell.out({"file": str(file)}, lambda where: where.print(f"written: {file}"))

    @command(group, "prune", epilog="Example: npm-cases keys prune /media/backup/keys")
    def prune(shell: Shell, folder: Folder) -> None:
        """Remove backups of the key store older than NPM_CASES_KEY_BACKUP_DAYS, never the newest: back it up first."""
        from npm_cases.persistence.key_backups import prune as prune_old

        access.need(shell.actor(), "remove backups of the key store")
        removed = [file.name for file in prune_old(folder, shell.at(), shell.app.settings.key_backup_days)]
        said = "\n".join(removed) or "none is old enough"
        shell.out({"removed": removed}, lambda where: where.print(said))
