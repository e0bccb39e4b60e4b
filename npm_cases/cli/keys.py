"""Commands on the key store: rotate the wrapping key, back the store up, remove old backups."""

from pathlib import Path
from typing import Annotated

import typer

from npm_cases.cli.shell import Shell, command
from npm_cases.domain import access

Folder = Annotated[Path, typer.Argument(help="Folder of the backups; on another disk than the wrapping key.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="The keys of the cases: rotation and backups.", no_args_is_help=True)
    app.add_typer(group, name="keys")

    @command(group, "rotate", epilog="Example: npm-cases keys rotate")
    def rotate(shell: Shell) -> None:
        """Make a new wrapping key, wrap every key of a case with it, and destroy the old one; run it again if it broke off."""
        from npm_cases.services.key_rotation import rotate_wrapping_key

        done = rotate_wrapping_key(shell.office, shell.app.wrapping_rotation, shell.actor(), shell.at())
        said = (
            f"{done.keys} keys are wrapped anew: {done.old} is destroyed, {done.new} is in use\n"
            "Keep the new wrapping key in its own safe place, and back the key store up now: older backups do not open "
            "with it."
        )
        shell.out({"old": done.old, "new": done.new, "keys": done.keys}, lambda where: where.print(said))

    @command(group, "backup", epilog="Example: npm-cases keys backup /media/backup/keys")
    def backup(shell: Shell, folder: Folder) -> None:
        """Copy the key store, never the wrapping key, into a folder while work goes on."""
        from npm_cases.persistence.key_backups import back_up

        access.need_role(shell.actor(), access.ADMINISTRATORS, "back the key store up")
        file = back_up(shell.app.key_store, folder, shell.at())
        shell.out({"file": str(file)}, lambda where: where.print(f"written: {file}"))

    @command(group, "prune", epilog="Example: npm-cases keys prune /media/backup/keys")
    def prune(shell: Shell, folder: Folder) -> None:
        """Remove backups of the key store older than NPM_CASES_KEY_BACKUP_DAYS; what was erased is then gone for good."""
        from npm_cases.persistence.key_backups import prune as prune_old

        access.need_role(shell.actor(), access.ADMINISTRATORS, "remove backups of the key store")
        removed = [file.name for file in prune_old(folder, shell.at(), shell.app.settings.key_backup_days)]
        said = "\n".join(removed) or "none is old enough"
        shell.out({"removed": removed}, lambda where: where.print(said))
