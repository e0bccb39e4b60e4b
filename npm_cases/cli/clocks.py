"""Commands of time: tick, work, run, simulate, and the local mail sink."""

from pathlib import Path
from typing import Annotated, Any

import typer

from npm_cases.cli.policy_changes import compare_futures
from npm_cases.cli.shell import Shell, command, console, parse_instant, settings, table
from npm_cases.domain.errors import BadInput, ConfigurationError
from npm_cases.domain.instants import as_text
from npm_cases.domain.messages import say
from npm_cases.services.given_days import a_day

FLOWS = ("sweep", "deliver", "checkpoint", "digest", "horizon", "verify", "watchdog")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    _ticking(app)
    _working(app)
    _sink(app)


def _ticking(app: typer.Typer) -> None:
    @command(app, "tick", epilog="Example: npm-cases tick --now 2026-06-01T09:00:00+05:00")
    def tick(shell: Shell) -> None:
        """Sweep once without Prefect: take every due rung, and send the mail that is ready if a mail server is set.

        Mail that came back is read too, if a folder of it is set.
        """
        from npm_cases.services.mailroom import MailCounts, bundle, deliver
        from npm_cases.services.sweep import BATCH
        from npm_cases.services.watching import recorded_sweep

        app_ = shell.app
        now = app_.checked(shell.at())
        counts = recorded_sweep(app_.office, now, BATCH)
        sender = app_.sender()
        most = app_.settings.mail_most
        mail = (
            deliver(app_.office, sender, app_.house, now, most=most)
            if sender
            else MailCounts(bundled=bundle(app_.office, now))
        )
        app_.sequence()
        returned = app_.take_returned(now)  # last: a folder that is wrong keeps nothing else from being done
        app_.sequence()
        answer = {
            "now": now, "taken": counts.taken, "reminders": counts.reminders, "notices": counts.notices,
            "escalations": counts.escalations, "to_ombudsman": counts.to_ombudsman, "mails": counts.mails,
            "late_by_engine": counts.late_by_engine, "expired": counts.expired,
            "sent": mail.sent, "again": mail.again, "dead": mail.dead, "returned": returned.get("returned", 0),
        }  # fmt: skip
        shell.out(answer, lambda where: table(where, "Sweep", ("What", "How many"), answer.items()))

    @command(app, "simulate", epilog="Example: npm-cases simulate --until 2027-12-31")
    def simulate(
        shell: Shell,
        *,
        until: Annotated[str, typer.Option(metavar="DATE", help="Last day of the simulation.")],
        what_if: Annotated[
            str, typer.Option(metavar="PACK", help="A changed pack to simulate beside the one in force.")
        ] = "",
        open_: Annotated[
            str, typer.Option("--open", metavar="keep|move", help="Open clocks under the changed pack.")
        ] = "keep",
    ) -> None:
        """Show what will be sent, escalated and missed until a day if nobody acts, on a copy of the caseload."""
        from npm_cases.bootstrap import copy_of
        from npm_cases.services.simulate import simulate as run_simulation

        if what_if:
            compare_futures(shell, what_if, open_, _end_of(shell, until))
            return

        last = _end_of(shell, until)
        with copy_of(shell.app) as copy, _status(shell, "simulating on a copy") as status:
            found = run_simulation(copy.office, copy.views, shell.at(), last, status)
        answer = found.as_dict()
        shell.out(answer, lambda where: _show_simulation(where, shell, answer))


def _end_of(shell: Shell, until: str) -> str:
    day = a_day("--until", until)
    times = shell.office.times
    last = str(times.end_of(day, times.pack.zone))
    if last <= shell.at():
        raise BadInput(f"--until {until} lies in the past; give a later day")
    return last


def _status(shell: Shell, text: str) -> Any:
    from contextlib import contextmanager

    @contextmanager
    def shown() -> Any:
        if shell.as_json:
            yield lambda _: None
            return
        with console(stderr=True).status(text) as status:
            yield lambda at: status.update(f"{text}: {at[:10]}")

    return shown()


def _show_simulation(where: Any, shell: Shell, answer: dict[str, Any]) -> None:
    rows = [(name, answer[name]) for name in ("reminders", "escalations", "to_ombudsman", "mails", "late_by_engine")]
    table(where, f"If nobody acts until {answer['until'][:10]}", ("What", "How many"), rows)
    columns = ("Due at", "Case", "Rung", "Post")
    acts = [(shell.local(a["due_at"]), a["case"], a["rung"], a["post"]) for a in answer["acts"][:40]]
    table(where, f"{len(answer['acts'])} acts, the first {len(acts)}", columns, acts)


def _working(app: typer.Typer) -> None:
    @command(app, "work", epilog="Example: NPM_CASES_SWEEP_SECONDS=10 npm-cases work")
    def work(shell: Shell) -> None:
        """Serve the flows on their schedules, with Prefect's server as a supervised child process."""
        found = settings()
        _ = shell.app
        from workflows.environment import prepare

        prepare(found)
        from workflows.work import supervise

        supervise(found)

    @command(app, "run", epilog="Example: npm-cases run sweep")
    def run(shell: Shell, flow: Annotated[str, typer.Argument(help=f"One of {', '.join(FLOWS)}.")]) -> None:
        """Run one flow now, as a Prefect flow run."""
        if flow not in FLOWS:
            raise BadInput(f"there is no flow {flow!r}; there are {', '.join(FLOWS)}")
        found = settings()
        _ = shell.app
        from workflows.environment import prepare

        prepare(found)
        from workflows.work import run_now

        as_of = as_text(parse_instant(shell.now_text, "--now")) if shell.now_text else ""
        counts = run_now(found, flow, as_of)
        shell.out({"flow": flow, **counts}, lambda where: table(where, flow, ("What", "How many"), counts.items()))


def _sink(app: typer.Typer) -> None:
    group = typer.Typer(help="Mail: what came back, and a sink to try things out.", no_args_is_help=True)
    app.add_typer(group, name="mail")
    _bounces(group)

    @command(group, "sink", epilog="Example: npm-cases mail sink --port 2525")
    def sink(
        shell: Shell,
        *,
        port: Annotated[int, typer.Option(help="Port on loopback; a free one if 0.")] = 0,
        folder: Annotated[
            Path | None, typer.Option(help="Where the .eml files go; mail/ in the data folder if left out.")
        ] = None,
        seconds: Annotated[float, typer.Option(help="Stop after so long; 0 runs until stopped.")] = 0,
    ) -> None:
        """Take every mail on loopback and write it as a file; nothing leaves this machine."""
        import threading

        from npm_cases.mail.sink import MailSink

        target = folder or settings().data_dir / "mail"
        with MailSink(target, port) as taking:
            answer = {"port": taking.port, "folder": str(target)}
            shell.out(answer, lambda where: where.print(f"taking mail on 127.0.0.1:{taking.port}, writing to {target}"))
            threading.Event().wait(seconds or None)


def _bounces(group: typer.Typer) -> None:
    @command(group, "bounces", epilog="Example: npm-cases mail bounces --json")
    def bounces(shell: Shell) -> None:
        """Read what came back to the sender of our mail; each mail that did not arrive is an incident, once."""
        app = shell.app
        if app.settings.returned_mail_dir is None:
            raise ConfigurationError(say("no_returned_mail_dir"))
        counts = app.take_returned(app.checked(shell.at()))
        app.sequence()
        shell.out(counts, lambda where: table(where, "Returned mail", ("What", "How many"), counts.items()))
