"""Commands of several machines: Prefect's server, its deployments, its workers, and the watcher beside it."""

import socket
import time
from typing import Annotated, Any

import typer

from npm_cases.cli.shell import Shell, command, settings

Host = Annotated[str, typer.Option(help="Address to serve on; reached from other machines through TLS.")]
Port = Annotated[int, typer.Option(help="Port.", min=1, max=65_535)]
Runs = Annotated[int, typer.Option(help="How many runs this worker has at once.", min=1)]
Every = Annotated[float, typer.Option(metavar="SECONDS", help="Look again and again, so often; once if 0.", min=0)]
Patience = Annotated[float, typer.Option(metavar="SECONDS", help="How long a server may take to start again.", min=0)]
Name = Annotated[str, typer.Option(help="What the worker is called; the machine's name if left out.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="The flows on several machines (docs/operations.md).", no_args_is_help=True)
    app.add_typer(group, name="flows")

    @command(group, "server", epilog="Example: npm-cases flows server --port 4200")
    def server(_: Shell, *, host: Host = "127.0.0.1", port: Port = 4200) -> None:
        """Be Prefect's server: behind a password, without telemetry, its database apart from the cases."""
        found = _prepared()
        from workflows.hosting import become_server

        become_server(found, host, port)

    @command(group, "deploy", epilog="Example: PREFECT_API_URL=http://127.0.0.1:4200/api npm-cases flows deploy")
    def deploy(shell: Shell) -> None:
        """Write the flows, their schedules and what to do when one fails into Prefect's server; again after each upgrade."""
        found = _prepared()
        from workflows.deploying import deploy as write

        written = write(found)
        shell.out(written, lambda where: where.print(f"written: {', '.join(written['deployments'])}"))

    @command(group, "worker", epilog="Example: PREFECT_API_URL=http://127.0.0.1:4200/api npm-cases flows worker")
    def worker(shell: Shell, *, name: Name = "", runs: Runs = 4) -> None:
        """Be one of the workers that run the flows; as many as you like, on as many machines."""
        _ = shell.app  # one that cannot open the installation does not take runs from those who can
        _prepared()
        from workflows.hosting import become_worker

        become_worker(name or socket.gethostname(), runs)

    @command(group, "watch", epilog="Example: npm-cases flows watch --every 60")
    def watch(shell: Shell, *, every: Every = 0, patience: Patience = 60) -> None:
        """Look from outside Prefect whether it answers, its runs go well, and somebody sweeps; what is wrong is an incident."""
        _prepared()
        from workflows.watching import look_once

        while True:
            found = look_once(shell.app, shell.at(), patience)
            if not every:
                break
            time.sleep(every)
        shell.out({"incidents": found}, lambda where: where.print(f"{len(found)} incidents are open"))
        if found:
            shell.fail(1, "something is wrong: `npm-cases incident list` says what to do")


def _prepared() -> Any:
    from workflows.environment import prepare

    found = settings()
    prepare(found)
    return found
