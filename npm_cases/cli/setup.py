"""Commands that set an installation up and look after it: init, demo, doctor."""

from typing import Annotated

import typer

from npm_cases.cli.shell import Shell, command, settings, table


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""

    @command(app, "init", epilog="Example: npm-cases init --sandbox")
    def init(
        shell: Shell,
        *,
        sandbox: Annotated[
            bool, typer.Option("--sandbox", help="For trying: simulated clock, --as USER, synthetic registers.")
        ] = False,
    ) -> None:
        """Create or migrate the database, the wrapping key and the folders; prints the first administrator's token once."""
        from npm_cases.cli.starting import start

        answer = start(settings(), sandbox=sandbox, now_text=shell.now_text)
        shell.out(answer, lambda where: where.print("\n".join(f"{name}: {value}" for name, value in answer.items())))

    @command(app, "demo", epilog="Example: npm-cases demo --country fr")
    def demo(
        shell: Shell,
        *,
        months: Annotated[int, typer.Option(help="How many simulated months pass.", min=1, max=60)] = 24,
        country: Annotated[str, typer.Option(help="Country pack; without it the one that is set.")] = "",
    ) -> None:
        """Load the bundled caseload into a fresh sandbox, let time pass as Prefect flow runs, and report what happened."""
        from npm_cases.cli.demo import run_demo

        run_demo(shell, months, country)

    @command(app, "doctor", without_keys=True, epilog="Example: npm-cases doctor")
    def doctor(shell: Shell) -> None:
        """Look at settings, zone data, calendar, database, triggers, sweeps, mail and incidents, and say what to do."""
        from npm_cases.cli.doctor import examine

        checks = examine(shell)
        answer = {"well": all(c["well"] for c in checks), "checks": checks}
        rows = [("well" if c["well"] else "[red]look[/red]", c["what"], c["found"], c["do"]) for c in checks]
        shell.out(answer, lambda where: table(where, "Doctor", ("", "What", "Found", "Do"), rows))
        if not answer["well"]:
            shell.fail(1, "something needs a person; see above")
