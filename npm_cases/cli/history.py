"""Commands on the history for people: the past on two axes, stories, a search with its export, who read what."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from npm_cases.cli.files import write_new_file
from npm_cases.cli.shell import Shell, as_typed, command, table
from npm_cases.domain.errors import BadInput
from npm_cases.domain.instants import from_text
from npm_cases.services.given_days import a_day, a_day_if_given

if TYPE_CHECKING:
    from npm_cases.services.as_of import CaseloadPast, Moment, Past, Totals
    from npm_cases.services.history_search import Criteria
    from npm_cases.services.standing import Change

LINES = 100
Case = Annotated[str, typer.Option("--case", help="Number or id of a case.")]
User = Annotated[str, typer.Option("--actor", metavar="USER", help="Id of the user who did it.")]
From = Annotated[str, typer.Option("--from", metavar="DATE", help="First day.")]
To = Annotated[str, typer.Option("--to", metavar="DATE", help="Last day.")]
After = Annotated[int, typer.Option("--after", metavar="INDEX", help="Go on after this place in the log.")]
Limit = Annotated[int | None, typer.Option("--limit", help=f"At most so many lines, {LINES} if left out; 0 for all.")]


def add(group: typer.Typer) -> None:
    """Add the commands of this module to the group ``audit``."""
    _past(group)
    _search(group)
    _reads(group)


def add_to_cases(group: typer.Typer) -> None:
    """Add the commands of this module to the group ``case``."""

    @command(group, "story", without_keys=True, epilog="Example: npm-cases case story R-2026-000001 --lang kk")
    def story(
        shell: Shell,
        ref: Annotated[str, typer.Argument(metavar="CASE", help="Number or id of the case.")],
        *,
        lang: Annotated[str, typer.Option(help="kk, ru or en")] = "en",
    ) -> None:
        """Tell the case from its history, one line an event: when, what, who, why, and what changed."""
        from npm_cases.services.narrative import story as tell

        if lang not in shell.office.pack.languages:
            raise BadInput(f"--lang {lang!r} is not one of {', '.join(shell.office.pack.languages)}")
        with shell.app.reader as reader:
            lines = tell(shell.office, reader, ref, shell.actor(), lang)
        answer = [asdict(line) for line in lines]
        told = "\n".join(f"{line.seq}. {line.line}" for line in lines)
        shell.out(answer, lambda where: where.print(told, markup=False, soft_wrap=True))


# -- the past


def _past(group: typer.Typer) -> None:
    @command(
        group,
        "as-of",
        without_keys=True,
        epilog="Example: npm-cases audit as-of R-2026-000001 --on 2026-03-05 --known 2026-03-05 --against-known 2026-04-01",
    )
    def as_of(
        shell: Shell,
        ref: Annotated[str, typer.Argument(metavar="[CASE]", help="One case; without it all you may see.")] = "",
        *,
        on: Annotated[str, typer.Option("--on", metavar="DATE", help="What was true on this day.")],
        known: Annotated[str, typer.Option("--known", metavar="DATE", help="As known at its end; today.")] = "",
        against_on: Annotated[str, typer.Option("--against-on", metavar="DATE", help="Compare with this day.")] = "",
        against_known: Annotated[
            str, typer.Option("--against-known", metavar="DATE", help="Compare with what was known then.")
        ] = "",
        limit: Limit = None,
    ) -> None:
        """Say what was true on a day by what was known on a day, of one case or of all, and what differs from another view."""
        moments = _moments(shell, (on, known), (against_on, against_known))
        if ref:
            _one_past(shell, ref, moments)
        else:
            _all_past(shell, moments, LINES if limit is None else limit)


def _moments(shell: Shell, first: tuple[str, str], against: tuple[str, str]) -> "list[Moment]":
    from npm_cases.services.as_of import moment

    today = _today(shell)
    on = a_day("--on", first[0])
    known = a_day("--known", first[1]) if first[1] else today
    found = [moment(on, known, today)]
    if any(against):
        other_on = a_day("--against-on", against[0]) if against[0] else on
        found.append(moment(other_on, a_day("--against-known", against[1]) if against[1] else known, today))
    return found


def _today(shell: Shell) -> date:
    day: date = shell.office.times.day(from_text(shell.at()))
    return day


def _one_past(shell: Shell, ref: str, moments: "list[Moment]") -> None:
    from npm_cases.services.as_of import as_of, difference

    with shell.app.views.histories() as histories:
        found = as_of(shell.office, histories, ref, moments, shell.actor())
    answer = _past_members(found[0])
    changes = difference(found[0], found[-1])
    if len(found) > 1:
        answer |= {"against": _past_members(found[1]), "changes": [asdict(one) for one in changes]}
    shell.out(answer, lambda where: _show_past(where, found, changes))


def _past_members(past: "Past") -> dict[str, Any]:
    told = asdict(past)
    moment = told.pop("moment")
    del told["fields"]
    return {**told, **{name: day.isoformat() for name, day in moment.items()}}


def _show_past(where: Any, found: "Sequence[Past]", changes: "Sequence[Change]") -> None:
    past = found[0]
    on, known = past.moment.on, past.moment.known
    where.print(f"[bold]{past.number}[/bold] on {on}, as known at the end of {known}")
    if past.there:
        named = {**past.states, "phase": past.phase, "caseworker": past.assignee, "consent": past.consent, **past.codes}
        table(where, "Fields", ("Field", "Value"), [(name, _shown(value)) for name, value in named.items() if value])
        rows = [
            (c.duty, c.owed_by, f"[red]{c.due_on} overdue[/red]" if c.overdue else c.due_on, c.suspended_on)
            for c in past.clocks
        ]
        table(where, "Running clocks", ("Duty", "Owed by", "Due", "Stands since"), rows)
    else:
        where.print("the case was not there yet, or nobody knew of it")
    if len(found) > 1:
        where.print(f"Against {found[1].moment.on}, as known at the end of {found[1].moment.known}")
        if changes:
            _show_changes(where, "Differences", changes)
        else:
            where.print("nothing differs")


def _show_changes(where: Any, title: str, changes: "Sequence[Change]") -> None:
    rows = [(one.field, _shown(one.before), _shown(one.after)) for one in changes]
    table(where, title, ("Field", "First view", "Second view"), rows)


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return as_typed(", ".join(map(str, value)))
    return "—" if value is None else as_typed(str(value))


def _all_past(shell: Shell, moments: "list[Moment]", most: int) -> None:
    from npm_cases.services.as_of import caseload_as_of

    with shell.app.views.histories() as histories:
        found = caseload_as_of(shell.office, histories, moments, shell.actor(), most)
    answer = _totals_members(found.totals[0])
    if len(moments) > 1:
        differing = [asdict(one) for one in found.differing]
        answer |= {"against": _totals_members(found.totals[1]), "differ": found.differ, "differing": differing}
    shell.out(answer, lambda where: _show_caseload(where, found))


def _totals_members(totals: "Totals") -> dict[str, Any]:
    return {
        "on": totals.moment.on.isoformat(), "known": totals.moment.known.isoformat(), "cases": totals.cases,
        "overdue": totals.overdue,
        "states": {machine: dict(sorted(counts.items())) for machine, counts in sorted(totals.states.items())},
    }  # fmt: skip


def _show_caseload(where: Any, found: "CaseloadPast") -> None:
    views = [f"{totals.moment.on} as known {totals.moment.known}" for totals in found.totals]
    names = sorted({(machine, state) for t in found.totals for machine, counts in t.states.items() for state in counts})
    rows: list[tuple[object, ...]] = [
        (machine, state, *(_count(t, machine, state) for t in found.totals)) for machine, state in names
    ]
    rows += [("all", "cases", *(t.cases for t in found.totals)), ("all", "overdue", *(t.overdue for t in found.totals))]
    table(where, "Caseload", ("Machine", "State", *views), rows)
    if len(found.totals) > 1:
        where.print(f"{found.differ} cases differ" + (", the first of them:" if found.differing else ""))
        for one in found.differing:
            _show_changes(where, one.number, one.changes)


def _count(totals: "Totals", machine: str, state: str) -> int:
    counts = totals.states.get(machine)
    return counts[state] if counts else 0


# -- the search


def _search(group: typer.Typer) -> None:
    @command(
        group,
        "search",
        without_keys=True,
        epilog="Example: npm-cases audit search --role clock --event escalate_to_ombudsman --from 2026-01-01 --csv found.csv",
    )
    def search(
        shell: Shell,
        *,
        actor: User = "",
        role: Annotated[str, typer.Option(help="Role it was done in.")] = "",
        type_: Annotated[list[str] | None, typer.Option("--type", help="Type of event; repeat it.")] = None,
        event: Annotated[str, typer.Option(help="Event of a machine, refused and proposed ones too.")] = "",
        body: Annotated[str, typer.Option(help="Addressee or investigator of the case, or named in the event.")] = "",
        region: Annotated[str, typer.Option()] = "",
        case: Case = "",
        first: From = "",
        last: To = "",
        late: Annotated[bool, typer.Option("--late", help="Only what was recorded or done late.")] = False,
        after: After = -1,
        limit: Limit = None,
        csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write a new CSV file.")] = None,
        to_json: Annotated[
            Path | None, typer.Option("--to-json", metavar="FILE", help="Write a new JSON file.")
        ] = None,
    ) -> None:
        """Search all histories, in the order of the log; an export to a file is itself recorded first."""
        from npm_cases.services.history_search import Criteria

        wanted = Criteria(
            actor, role, tuple(type_ or ()), event, body, region, case, *_period(first, last), late, after, limit or 0
        )
        if csv or to_json:
            _export(shell, wanted, csv, to_json)
        else:
            _found(shell, wanted, limit)


def _period(first: str, last: str) -> tuple[date | None, date | None]:
    return a_day_if_given("--from", first), a_day_if_given("--to", last)


def _found(shell: Shell, wanted: "Criteria", limit: int | None) -> None:
    from dataclasses import replace

    from npm_cases.services.history_search import search
    from npm_cases.services.history_tables import checkpoint_members, members

    shell.app.sequence()
    with shell.app.views.histories() as histories:
        page = search(shell.office, histories, replace(wanted, limit=LINES if limit is None else limit), shell.actor())
    found = [members(line) for line in page.lines]
    answer = {"events": found, "next": page.next, "checkpoint": checkpoint_members(page.checkpoint)}
    shell.out(answer, lambda where: _show_found(where, shell, found, page))


def _show_found(where: Any, shell: Shell, found: Sequence[Mapping[str, Any]], page: Any) -> None:
    columns = ("Index", "At", "Case", "Type", "Event", "Who", "From", "To", "Late")
    rows = (
        (
            e["index"], shell.local(e["at"]), f"{e['number'] or e['chain']}/{e['seq']}", e["type"], e["event"],
            f"{e['actor']} ({e['role']})", e["from"], e["to"], e["late"],
        )
        for e in found
    )  # fmt: skip
    table(where, f"{len(found)} events", columns, rows)
    _show_foot(where, page)


def _show_foot(where: Any, page: Any) -> None:
    from npm_cases.services.history_tables import checkpoint_line

    if page.next is not None:
        where.print(f"there is more: go on with --after {page.next}")
    where.print(checkpoint_line(page.checkpoint), soft_wrap=True)


def _export(shell: Shell, wanted: "Criteria", csv: Path | None, to_json: Path | None) -> None:
    from npm_cases.services.history_search import export
    from npm_cases.services.history_tables import as_csv, as_json, checkpoint_line, checkpoint_members

    file = csv or to_json
    if file is None or (csv and to_json):
        raise BadInput("give one of --csv FILE and --to-json FILE")
    if file.exists():
        raise BadInput(f"{file} is there already; name another file")
    shell.app.sequence()
    form = "csv" if csv else "json"
    with shell.app.views.histories() as histories:
        found = export(shell.office, histories, wanted, shell.actor(), shell.at(), form)
        write_new_file(file, as_csv(found) if csv else as_json(found))
    answer = {"file": str(file), "events": found.count, "checkpoint": checkpoint_members(found.checkpoint)}
    said = f"{found.count} events in {file}\n{checkpoint_line(found.checkpoint)}"
    shell.out(answer, lambda where: where.print(said, soft_wrap=True, markup=False))


# -- who read what


def _reads(group: typer.Typer) -> None:
    @command(group, "reads", without_keys=True, epilog="Example: npm-cases audit reads --case A-2026-000001")
    def reads(
        shell: Shell,
        *,
        case: Case = "",
        actor: User = "",
        first: From = "",
        last: To = "",
        after: After = -1,
        limit: Limit = None,
    ) -> None:
        """List who opened protected text, looked a name up or exported: all for auditors, their own for everybody."""
        from npm_cases.services.history_search import Criteria
        from npm_cases.services.history_tables import checkpoint_members
        from npm_cases.services.text_reads import reads as read_by

        since, until = _period(first, last)
        most = LINES if limit is None else limit
        wanted = Criteria(actor=actor, case=case, first=since, last=until, after=after, limit=most)
        shell.app.sequence()
        with shell.app.views.histories() as histories:
            page = read_by(shell.office, histories, wanted, shell.actor())
        found = [asdict(line) for line in page.lines]
        answer = {"reads": found, "next": page.next, "checkpoint": checkpoint_members(page.checkpoint)}
        shell.out(answer, lambda where: _show_reads(where, shell, found, page))


def _show_reads(where: Any, shell: Shell, found: Sequence[Mapping[str, Any]], page: Any) -> None:
    columns = ("Index", "At", "Who", "What", "Case", "Event", "Fields", "Why")
    rows = (
        (
            r["index"], shell.local(r["at"]), f"{r['actor']} ({r['role']})", r["what"], r["number"],
            r["event_seq"] or r["document"][:12], ", ".join(r["fields"]), r["reason"],
        )
        for r in found
    )  # fmt: skip
    table(where, f"{len(found)} reads", columns, rows)
    _show_foot(where, page)
