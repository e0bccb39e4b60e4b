"""Commands on cases: new, list, show, history, explain, act, confirm, and the small acts beside the machines."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from npm_cases.cli import history as stories, protected
from npm_cases.cli.files import open_file
from npm_cases.cli.shell import Shell, as_typed, command, pairs, parse_instant, receipt_of, table
from npm_cases.services.given_days import a_day_if_given

FIELD_HELP = "A field; may be repeated. NAME=@FILE reads the value from a file, NAME=@- from standard input."
Fields = Annotated[list[str] | None, typer.Option("--field", "-f", metavar="NAME=VALUE", help=FIELD_HELP)]
Ref = Annotated[str, typer.Argument(metavar="CASE", help="Number or id of the case.")]
OnDay = Annotated[str, typer.Option("--on", metavar="DATE", help="Legal day it took effect; today if left out.")]
Key = Annotated[str, typer.Option("--key", help="Key that makes a repeat of this command harmless.")]
IfVersion = Annotated[
    int | None, typer.Option("--if-version", help="Refuse if the case has changed since this version.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="Cases: recommendations and torture allegations.", no_args_is_help=True)
    app.add_typer(group, name="case")
    _reading(group)
    _histories(group)
    _beginning(group)
    _acting(group)
    _consenting(group)
    _beside(group)
    _dates(group)
    protected.add(group)
    stories.add_to_cases(group)


def _reading(group: typer.Typer) -> None:
    @command(group, "list", without_keys=True, epilog="Example: npm-cases case list --state served --overdue")
    def list_(
        shell: Shell,
        *,
        kind: Annotated[str, typer.Option(help="recommendation or allegation")] = "",
        channel: Annotated[str, typer.Option()] = "",
        state: Annotated[str, typer.Option()] = "",
        escalation: Annotated[str, typer.Option()] = "",
        region: Annotated[str, typer.Option()] = "",
        addressee: Annotated[str, typer.Option()] = "",
        assignee: Annotated[str, typer.Option()] = "",
        overdue: Annotated[bool, typer.Option("--overdue", help="Only cases with an overdue clock.")] = False,
        open_only: Annotated[bool, typer.Option("--open", help="Only cases not at an end.")] = False,
        limit: Annotated[int, typer.Option(help="At most so many; 0 for all.")] = 0,
    ) -> None:
        """List the cases you may see, by number, with the next due date of each."""
        from npm_cases.services.case_views import ListFilter, list_cases

        at = shell.at()
        wanted = ListFilter(
            kind, channel, state, escalation, region, addressee, assignee, at if overdue else "", open_only, limit
        )
        rows = list_cases(shell.app.views, wanted, shell.actor(), at)
        shell.out(rows, lambda where: _show_list(where, rows))

    @command(group, "show", without_keys=True, epilog="Example: npm-cases case show R-2026-000001")
    def show(shell: Shell, ref: Ref) -> None:
        """Show one case: states, running clocks, what you may do now, and what not yet, with the reasons."""
        from npm_cases.services.case_views import show_case

        found = show_case(shell.office, ref, shell.actor(), shell.at())
        shell.out(found, lambda where: _show_case(where, shell, found))


def _histories(group: typer.Typer) -> None:
    @command(group, "history", without_keys=True, epilog="Example: npm-cases case history R-2026-000001 --json")
    def history(shell: Shell, ref: Ref) -> None:
        """Show every event of a case, in order."""
        from npm_cases.services.case_views import history as events_of

        found = events_of(shell.office, shell.app.views, ref, shell.actor())
        shell.out(found, lambda where: _show_history(where, shell, ref, found))

    @command(group, "text", epilog="Example: npm-cases case text A-2026-000001 1 --reason first_reading")
    def text(
        shell: Shell,
        ref: Ref,
        seq: Annotated[int, typer.Argument(help="Number of the event in the case's history.")],
        *,
        reason: Annotated[str, typer.Option(help="Code of why you open it; it is recorded.")],
    ) -> None:
        """Open the protected text of one event; the reading itself is recorded first."""
        from npm_cases.services.case_views import open_text

        found = dict(open_text(shell.office, ref, seq, shell.actor(), shell.at(), reason))
        rows = [(name, as_typed(value)) for name, value in found.items()]
        shell.out(found, lambda where: table(where, ref, ("Field", "Text"), rows))

    @command(
        group,
        "explain",
        without_keys=True,
        epilog="Example: npm-cases case explain R-2026-000001 --at 2026-06-01T12:00:00+05:00",
    )
    def explain(
        shell: Shell,
        ref: Ref,
        *,
        at: Annotated[str, typer.Option("--at", metavar="TIME", help="Explain as of this instant.")] = "",
        lang: Annotated[str, typer.Option(help="kk, ru or en")] = "en",
    ) -> None:
        """Say why this happened and why that did not, at any instant, from the history alone."""
        from npm_cases.cli.explaining import explained

        instant = parse_instant(at, "--at") if at else None
        members, lines = explained(shell, ref, instant, lang)
        shell.out(members, lambda where: where.print("\n".join(lines), markup=False))


def _beginning(group: typer.Typer) -> None:
    @command(
        group,
        "new",
        epilog='Example: npm-cases case new recommendation -f channel=visit -f title="Repair the roof" -f addressee=colony',
    )
    def new(
        shell: Shell,
        kind: Annotated[str, typer.Argument(help="recommendation or allegation")],
        *,
        field: Fields = None,
        key: Key = "",
    ) -> None:
        """Create a case; fields: channel, title, region, addressee, place, received_on, and texts that are sealed."""
        from npm_cases.services.create_case import CreateCase, create_case

        made = create_case(shell.office, CreateCase(kind, shell.actor(), shell.at(), pairs(field or ()), key))
        answer = {"id": made.id, "number": made.number, "receipt": receipt_of(made.receipt)}
        shell.out(answer, lambda where: where.print(f"created [bold]{made.number}[/bold]; receipt {made.receipt}"))


def _acting(group: typer.Typer) -> None:
    @command(
        group,
        "act",
        epilog="Example: npm-cases case act R-2026-000001 record_reply --document reply.pdf --if-version 4 --key 7f3a",
    )
    def act(
        shell: Shell,
        ref: Ref,
        event: Annotated[str, typer.Argument(help="Event of one of the case's machines; see `case show`.")],
        *,
        field: Fields = None,
        document: Annotated[
            list[Path] | None, typer.Option("--document", help="File to put on the case with this act.")
        ] = None,
        key: Key = "",
        if_version: IfVersion = None,
    ) -> None:
        """Do an event to a case, or propose it where a second person must confirm."""
        from npm_cases.services.act import DoAct, act as do_act

        with ExitStack() as opened:
            files = tuple((path.name, opened.enter_context(open_file(path))) for path in document or ())
            fields = pairs(field or ())
            done = do_act(
                shell.office,
                DoAct(ref, event, shell.actor(), shell.at(), fields, if_version=if_version, idem=key, files=files),
            )
        shell.out(_done(done), lambda where: _show_done(where, ref, event, done))

    @command(group, "confirm", epilog="Example: npm-cases case confirm 0f3a... --as second")
    def confirm(
        shell: Shell, approval: Annotated[str, typer.Argument(help="Id of the proposal.")], *, key: Key = ""
    ) -> None:
        """Confirm a proposal of another person, on a case or of the office: it is made exactly as it was proposed."""
        from npm_cases.cli.office_acts import confirm_office_act
        from npm_cases.services.act import Confirm, confirm as do_confirm
        from npm_cases.services.office_acts import proposed_event

        if event := proposed_event(shell.office, approval):
            confirm_office_act(shell, event, approval)
            return
        done = do_confirm(shell.office, Confirm(approval, shell.actor(), shell.at(), key))
        if protected.confirmed_erasure(shell, approval, done.receipt):
            return
        shell.out(_done(done), lambda where: _show_done(where, "confirmed", "confirm", done))


def _consenting(group: typer.Typer) -> None:
    @command(group, "consent", epilog="Example: npm-cases case consent A-2026-000001 withdraw")
    def consent(
        shell: Shell,
        ref: Ref,
        what: Annotated[str, typer.Argument(help="give, limit or withdraw")],
        *,
        recipient: Annotated[str, typer.Option(help="Body the consent is for; everybody if left out.")] = "",
        purpose: Annotated[str, typer.Option(help="refer, share, publish or research")] = "refer",
        form: Annotated[str, typer.Option(help="written, oral or witnessed")] = "written",
        expires_on: Annotated[str, typer.Option(metavar="DATE", help="Last day it is live.")] = "",
        key: Key = "",
    ) -> None:
        """Record that consent was given, limited to a recipient, or withdrawn."""
        from npm_cases.services.consent import RecordConsent, record_consent

        given = RecordConsent(ref, what, shell.actor(), shell.at(), recipient, purpose, form, expires_on, key)
        receipt = record_consent(shell.office, given)
        shell.out({"receipt": receipt_of(receipt)}, lambda where: where.print(f"recorded; receipt {receipt}"))


def _beside(group: typer.Typer) -> None:
    from npm_cases.services import casework

    def on(shell: Shell, ref: str, key: str, if_version: int | None = None) -> casework.OnCase:
        return casework.OnCase(ref, shell.actor(), shell.at(), if_version, key)

    @command(group, "assign", epilog="Example: npm-cases case assign R-2026-000001 caseworker")
    def assign(
        shell: Shell, ref: Ref, user: Annotated[str, typer.Argument()], *, if_version: IfVersion = None, key: Key = ""
    ) -> None:
        """Give a case to a caseworker."""
        _said(shell, casework.assign(shell.office, on(shell, ref, key, if_version), user))

    @command(group, "link", epilog="Example: npm-cases case link R-2026-000002 R-2026-000001 --kind repeats")
    def link(
        shell: Shell,
        ref: Ref,
        other: Annotated[str, typer.Argument(help="The case it is linked to.")],
        *,
        kind: Annotated[str, typer.Option(help="same_matter, repeats or related")] = "related",
        key: Key = "",
    ) -> None:
        """Link two cases; both histories say so."""
        _said(shell, casework.link(shell.office, on(shell, ref, key), other, kind))

    @command(group, "remind", epilog="Example: npm-cases case remind R-2026-000001")
    def remind(shell: Shell, ref: Ref, *, key: Key = "") -> None:
        """Have the ladder's next reminder written now: to the body that owes something, once a day; the ladder stays."""
        from npm_cases.services.remind import remind_now

        _said(shell, remind_now(shell.office, on(shell, ref, key)))

    @command(group, "suspend", epilog="Example: npm-cases case suspend R-2026-000001 reply --reason court_stay")
    def suspend(
        shell: Shell,
        ref: Ref,
        duty: Annotated[str, typer.Argument(help="The clock to stop; `case show` names them.")],
        *,
        reason: Annotated[str, typer.Option(help="Code of the reason.")],
        day: OnDay = "",
        key: Key = "",
    ) -> None:
        """Stop one clock of a case; a review of the suspension is owed from now on."""
        _said(shell, casework.suspend(shell.office, on(shell, ref, key), duty, a_day_if_given("--on", day), reason))

    @command(group, "resume", epilog="Example: npm-cases case resume R-2026-000001 reply --reason stay_lifted")
    def resume(
        shell: Shell,
        ref: Ref,
        duty: Annotated[str, typer.Argument(help="The clock to let run on.")],
        *,
        reason: Annotated[str, typer.Option(help="Code of the reason.")] = "resumed",
        day: OnDay = "",
        key: Key = "",
    ) -> None:
        """Let a suspended clock run on; the days it stood are not counted."""
        _said(shell, casework.resume(shell.office, on(shell, ref, key), duty, a_day_if_given("--on", day), reason))


def _dates(group: typer.Typer) -> None:
    @command(group, "dates", epilog="Example: npm-cases case dates R-2026-000001 --leave --reason decree_came_late")
    def dates(
        shell: Shell,
        ref: Ref,
        *,
        take: Annotated[
            bool, typer.Option("--take/--leave", help="The dates of the calendar in force, or the old ones.")
        ],
        reason: Annotated[str, typer.Option(help="Code of the reason.")],
        key: Key = "",
    ) -> None:
        """Decide the dates that a corrected calendar left open: they were missed by one calendar and not by the other."""
        from npm_cases.services.casework import OnCase
        from npm_cases.services.date_decisions import DecideDates, decide_dates

        on_case = OnCase(ref, shell.actor(), shell.at(), key=key)
        _said(shell, decide_dates(shell.office, DecideDates(on_case, take, reason)))


def _said(shell: Shell, receipt: Any) -> None:
    shell.out({"receipt": receipt_of(receipt)}, lambda where: where.print(f"done; receipt {receipt}"))


def _done(done: Any) -> dict[str, Any]:
    answer: dict[str, Any] = {"state": done.state, "version": done.version, "receipt": receipt_of(done.receipt)}
    return answer | {"pending": done.pending} if done.pending else answer


def _show_done(where: Any, ref: str, event: str, done: Any) -> None:
    if done.pending:
        where.print(f"{ref}: {event} is proposed; another person confirms it with")
        where.print(f"  npm-cases case confirm {done.pending}")
    else:
        where.print(f"{ref}: [bold]{done.state}[/bold], version {done.version}")
    where.print(f"receipt {done.receipt}")


def _show_list(where: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    columns = ("Number", "Channel", "State", "Escalation", "Due", "Title")
    table(
        where, "1 case" if len(rows) == 1 else f"{len(rows)} cases", columns,
        (
            (
                row["number"], row["channel"], row["state"], row["escalation"],
                f"[red]{row['due_on']} overdue[/red]" if row["overdue"] else row["due_on"], _short(str(row["title"])),
            )
            for row in rows
        ),
    )  # fmt: skip


def _show_case(where: Any, shell: Shell, case: Mapping[str, Any]) -> None:
    where.print(f"[bold]{case['number']}[/bold]  {as_typed(case['title'])}")
    where.print(
        f"state [bold]{case['state']}[/bold] ({case['phase']}), escalation [bold]{case['escalation']}[/bold], version {case['version']}"
    )
    table(
        where, "Running clocks", ("Duty", "Owed by", "Due", "Rule", "Next rung"),
        (
            (
                o["duty"], o["owed_by"], ("[red]" + o["due_on"] + " overdue[/red]") if o["overdue"] else o["due_on"],
                f"{o['rule']} {o['rule_version']}: {o['amount']} {o['unit']} from {o['started_on']}",
                (o["suspended_on"] and f"stands since {o['suspended_on']}") or shell.local(o["next_rung_at"]),
            )
            for o in case["obligations"]
        ),
    )  # fmt: skip
    table(
        where,
        "You may",
        ("Event", "Leads to", "Still needed", "Give it with -f"),
        ((p["event"], p["next"], _said_all(p["needs"]), " ".join(p["give"])) for p in case["permitted"]),
    )
    table(where, "Not now", ("Event", "Because"), ((r["event"], _said_all(r["reasons"])) for r in case["refused"]))
    if case["pending"]:
        waiting = ((p["event"], p["approval"], shell.local(p["expires_at"])) for p in case["pending"])
        table(where, "Waiting for a second person: npm-cases case confirm ID", ("Event", "Id", "Lapses"), waiting)


def _said_all(reasons: Sequence[str]) -> str:
    from npm_cases.cli.failures import said

    return "; ".join(said(reason) for reason in reasons)


TITLE_WIDTH = 60
SHOWN_FACTS = ("duty", "due_on", "by", "rung", "posts", "reasons")


def _show_history(where: Any, shell: Shell, ref: str, events: Sequence[Mapping[str, Any]]) -> None:
    columns = ("#", "At", "Type", "Event", "Who", "From", "To", "Facts")
    rows = (
        (
            e["seq"], shell.local(e["at"]), e["type"], e["event"] or e["facts"].get("event", ""),
            f"{e['actor']} ({e['role']})", e["from"], e["to"],
            ", ".join(f"{name}={_plain(e['facts'][name])}" for name in SHOWN_FACTS if name in e["facts"]),
        )
        for e in events
    )  # fmt: skip
    table(where, f"History of {ref}", columns, rows)


def _plain(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _short(text: str) -> str:
    return as_typed(text if len(text) <= TITLE_WIDTH else text[: TITLE_WIDTH - 1] + "…")
