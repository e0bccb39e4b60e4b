"""Commands on the rules themselves: the state machines and single deadlines. No database is needed."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from npm_cases.cli.shell import Shell, command, table
from npm_cases.domain.errors import BadInput
from npm_cases.services.given_days import a_day

Name = Annotated[
    str, typer.Argument(metavar="NAME", help="recommendation, allegation, compensation, rehabilitation or escalation")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="The state machines, as lawyers read them.", no_args_is_help=True)
    app.add_typer(group, name="machine")

    @command(group, "show", epilog="Example: npm-cases machine show allegation --format mermaid")
    def show(
        shell: Shell,
        name: Name,
        *,
        format_: Annotated[str, typer.Option("--format", help="md, mermaid or json")] = "md",
        lang: Annotated[str, typer.Option(help="kk, ru or en (md only)")] = "en",
    ) -> None:
        """Print a machine: each row a sentence, a diagram, or data."""
        from state_machines import printed

        machine = _machine(name)
        kind = "json" if shell.as_json else format_
        writers: dict[str, Any] = {
            "md": lambda: printed.as_markdown(machine, lang), "mermaid": lambda: printed.as_mermaid(machine),
            "json": lambda: printed.as_json(machine),
        }  # fmt: skip
        if kind not in writers:
            raise BadInput(f"--format {kind!r} is not one of md, mermaid, json")
        typer.echo(writers[kind]())

    @command(
        group,
        "permitted",
        epilog="Example: npm-cases machine permitted recommendation --state served --role caseworker",
    )
    def permitted(
        shell: Shell,
        name: Name,
        *,
        state: Annotated[str, typer.Option(help="State the case is in.")],
        role: Annotated[str, typer.Option(help="Who asks.")],
    ) -> None:
        """List what a role may do in a state, with the guards and the fields each act takes."""
        from state_machines.table import Role

        machine = _machine(name)
        if state not in machine.states:
            raise BadInput(f"--state {state!r} is not one of {', '.join(machine.states)}")
        if role not in [str(r) for r in Role]:
            raise BadInput(f"--role {role!r} is not one of {', '.join(str(r) for r in Role)}")
        found = [
            {
                "event": p.event, "next": p.next, "guards": list(p.guards),
                "fields": [{"name": f.name, "kind": str(f.kind), "choices": list(f.choices)} for f in p.fields],
            }
            for p in machine.permitted(state, Role(role))
        ]  # fmt: skip
        rows = [
            (p["event"], p["next"], ", ".join(p["guards"]), ", ".join(f["name"] for f in p["fields"])) for p in found
        ]
        shell.out(
            {"permitted": found},
            lambda where: table(where, f"{role} in {state}", ("Event", "Leads to", "Only if", "Fields"), rows),
        )

    @command(app, "deadline", epilog="Example: npm-cases deadline --from 2026-03-12 --rule ombudsman_reply")
    def deadline(
        shell: Shell,
        *,
        start: Annotated[str, typer.Option("--from", metavar="DATE", help="Legal day of the event; it is day zero.")],
        rule: Annotated[str, typer.Option(help="Rule of the country pack.")] = "",
        amount: Annotated[int | None, typer.Option(help="Length of the term, with --unit.")] = None,
        unit: Annotated[str, typer.Option(help="working_days, calendar_days, months, years or hours")] = "",
        country: Annotated[str, typer.Option(help="Country pack.")] = "",
        calendar: Annotated[Path | None, typer.Option(help="Calendar file instead of the pack's.")] = None,
        roll: Annotated[str, typer.Option(help="next_working_day or none")] = "",
    ) -> None:
        """Compute a due date and show every step: each day skipped and why, the rule and the calendar version."""
        answer = _deadline(start, rule, amount, unit, country, calendar, roll)
        shell.out(answer, lambda where: _show_deadline(where, answer))


def _machine(name: str) -> Any:
    from state_machines import MACHINES

    if name not in MACHINES:
        raise BadInput(f"there is no machine {name!r}; there are {', '.join(MACHINES)}")
    return MACHINES[name]


def _deadline(
    start: str, rule_id: str, amount: int | None, unit: str, country: str, calendar: Path | None, roll: str
) -> dict[str, Any]:
    from npm_cases.domain.due_dates import derivation_as_json, due_date
    from npm_cases.domain.zones import start_of_working_time

    pack, used = _pack_and_calendar(country, calendar)
    day = a_day("--from", start)
    rule = pack.rule(rule_id, day) if rule_id else _plain_rule(amount, unit, roll, pack.week)
    if rule_id and roll:
        from dataclasses import replace

        rule = replace(rule, rolls_to=roll)
    started_at = start_of_working_time(day, pack.zone, pack.opens) if rule.unit == "hours" else None
    due = due_date(day, rule, used, started_at=started_at)
    return {
        "due_on": due.due_on.isoformat(), "provisional": due.provisional, "derivation": derivation_as_json(due),
        "calendar_version": due.calendar_version, "calendar": used.id,
        "rule": {
            "id": rule.id, "version": rule.version, "amount": rule.amount, "unit": str(rule.unit),
            "starts": rule.starts, "rolls_to": rule.rolls_to, "source": rule.source or "", "policy": rule.policy,
        },
    } | ({"due_at": due.due_at.isoformat()} if due.due_at else {})  # fmt: skip


def _pack_and_calendar(country: str, calendar: Path | None) -> tuple[Any, Any]:
    from npm_cases.cli.shell import settings
    from npm_cases.packs.calendar_file import load_calendar
    from npm_cases.packs.known import load_pack

    pack = load_pack(country or settings().country)
    return pack, load_calendar(calendar) if calendar else pack.calendar


def _plain_rule(amount: int | None, unit: str, roll: str, week: str) -> Any:
    from npm_cases.domain.terms import Rule, Unit

    if amount is None or not unit:
        raise BadInput("give --rule ID, or both --amount N and --unit UNIT")
    if unit not in [str(u) for u in Unit]:
        raise BadInput(f"--unit {unit!r} is not one of {', '.join(str(u) for u in Unit)}")
    rolls: Any = roll or ("none" if unit == "hours" else "next_working_day")
    if rolls not in ("next_working_day", "none"):
        raise BadInput(f"--roll {roll!r} is not one of next_working_day, none")
    return Rule(
        id="given", version="given", amount=amount, unit=Unit(unit), starts="at_instant" if unit == "hours" else "day_after_event",
        rolls_to=rolls, valid_from=date.min, policy=True, week=week,
    )  # fmt: skip


def _show_deadline(where: Any, answer: dict[str, Any]) -> None:
    rule = answer["rule"]
    doubt = " [yellow](provisional)[/yellow]" if answer["provisional"] else ""
    where.print(f"due on [bold]{answer['due_on']}[/bold]{doubt}")
    where.print(
        f"{rule['amount']} {rule['unit']}, {rule['starts']}, {rule['rolls_to']}; {rule['source'] or 'policy, not law'}"
    )
    steps = [(s["kind"], s.get("day", ""), s.get("note", "")) for s in answer["derivation"][1:]]
    table(
        where,
        f"Derivation under calendar {answer['calendar']} {answer['calendar_version']}",
        ("Step", "Day", "Why"),
        steps,
    )
