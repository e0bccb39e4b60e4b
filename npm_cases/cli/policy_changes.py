"""Commands that change the policy of an installation with its eyes open: what differs, then two people adopt it."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from npm_cases.cli.shell import Shell, command, receipt_of, settings, table

OPEN_HELP = "What open clocks do: keep the rule they began with, or move to the new one."
MOST_SHOWN = 200


def add_to(group: typer.Typer) -> None:
    """Add the commands of this module to the group ``policy``."""
    _diff(group)
    _adopt(group)


def _diff(group: typer.Typer) -> None:
    @command(group, "diff", epilog="Example: npm-cases policy diff in-force my-country.toml")
    def diff(
        shell: Shell,
        old: Annotated[str, typer.Argument(help="A pack by name or file, or in-force.")],
        new: Annotated[str, typer.Argument(help="The changed pack, by name or file.")],
    ) -> None:
        """Say what a changed pack means for every open case: dates, rungs, ladders, permitted acts, old beside new."""
        from npm_cases.packs.known import load_pack
        from npm_cases.services.policy_differences import differences, under
        from npm_cases.services.policy_loss import losses

        office = shell.office
        before = office if old == "in-force" else under(office, _by_our_days(office, load_pack(old)))
        after = under(office, _by_our_days(office, load_pack(new)))
        lost = [{"where": one.where, "reason": one.reason} for one in losses(before.pack, after.pack)]
        found = [_as_dict(one) for one in differences(before, after, shell.at())]
        answer = {"old": before.pack.version, "new": after.pack.version, "lost": lost, "differences": found}
        shell.out(answer, lambda where: show_differences(where, answer))


def _by_our_days(office: Any, pack: Any) -> Any:
    """Return a pack that counts by the calendar in force here, which is adopted apart from it."""
    from dataclasses import replace

    present = {one.id: one for one in (office.pack.calendar, *office.pack.regional.values())}
    regional = {region: present.get(one.id, one) for region, one in pack.regional.items()}
    return replace(pack, calendar=present.get(pack.calendar.id, pack.calendar), regional=regional)


def _adopt(group: typer.Typer) -> None:
    @command(group, "adopt", epilog="Example: npm-cases policy adopt my-country.toml --open keep")
    def adopt(
        shell: Shell,
        pack: Annotated[str, typer.Argument(help="The pack to put in force, by name or file.")],
        *,
        open_: Annotated[str, typer.Option("--open", metavar="keep|move", help=OPEN_HELP)] = "keep",
        otherwise: Annotated[
            list[str] | None, typer.Option(metavar="CASE", help="A case that does the opposite; may be repeated.")
        ] = None,
    ) -> None:
        """Propose to put a changed pack in force; another person confirms it with `npm-cases case confirm`."""
        from npm_cases.packs.policy_texts import pack_of, pack_text
        from npm_cases.services.adoption import propose_pack

        office, text = shell.office, pack_text(pack)
        changed = pack_of(settings().country, text, _calendar_in_force(office))  # as every program will read it
        choice = _choice(office, open_, otherwise or [])
        pending, receipt = propose_pack(office, text, changed, choice, shell.actor(), shell.at())
        _proposed(shell, f"pack {changed.version}", pending, receipt)


def _calendar_in_force(office: Any) -> str:
    from npm_cases.services.policy_kept import CALENDAR, in_force, meta_of

    with office.open_reading() as work:
        return in_force(meta_of(work), CALENDAR)


def _choice(office: Any, open_: str, otherwise: list[str]) -> Any:
    from npm_cases.domain.errors import BadInput
    from npm_cases.services.rule_choice import KEEP, MOVE, Choice

    if open_ not in (KEEP, MOVE):
        raise BadInput(f"--open {open_!r} is not one of {KEEP}, {MOVE}")
    with office.open_reading() as work:
        named = frozenset(work.read_case(number).id for number in otherwise)
    return Choice(MOVE if open_ == MOVE else KEEP, named)


def propose_calendar_file(shell: Shell, file: Path) -> None:
    """Propose to put a calendar file in force, and print the id the second person needs."""
    from npm_cases.packs.calendar_file import load_calendar
    from npm_cases.services.adoption import propose_calendar

    calendar, text = load_calendar(file), file.read_text(encoding="utf-8")
    pending, receipt = propose_calendar(shell.office, text, calendar, shell.actor(), shell.at())
    _proposed(shell, f"calendar {calendar.version}", pending, receipt)


def _proposed(shell: Shell, what: str, pending: str, receipt: Any) -> None:
    answer = {"pending": pending, "receipt": receipt_of(receipt)}
    said = f"{what} is proposed; another person puts it in force with\n  npm-cases case confirm {pending}"
    shell.out(answer, lambda where: where.print(said))


def differences_under_calendar(shell: Shell, calendar: Any) -> list[dict[str, Any]]:
    """Return what a changed calendar means for every open case and place."""
    from npm_cases.services.policy_differences import by_calendar, differences

    office = shell.office
    return [_as_dict(one) for one in differences(office, by_calendar(office, calendar), shell.at())]


def _as_dict(one: Any) -> dict[str, Any]:
    return {
        "case": one.subject, "duty": one.duty, "what": one.what, "old": one.old, "new": one.new, "kept": one.kept,
        "in_past": one.in_past, "reminded": list(one.reminded),
    }  # fmt: skip


def show_differences(where: Any, answer: dict[str, Any]) -> None:
    """Print differences for people: how many of each kind, then row by row all but those of a rung's time alone."""
    for one in answer.get("lost", ()):
        where.print(f"[red]{one['where']}[/red]: {one['reason']}", soft_wrap=True)
    found = answer["differences"]
    counts = Counter(one["what"] for one in found)
    where.print(", ".join(f"{what} {count}" for what, count in counts.items()) or "no open case is touched")
    told = [one for one in found if one["what"] != "next_rung_at"]
    rows = [(o["case"], o["duty"], o["what"], o["old"], o["new"], _beside(o)) for o in told[:MOST_SHOWN]]
    if rows:
        title = f"The first {len(rows)} of {len(told)}; all of them, and times of rungs, with --json"
        table(where, title, ("Case", "Duty", "What", "Old", "New", "Beside"), rows)


def _beside(one: dict[str, Any]) -> str:
    said = ["the new date is over"] if one["in_past"] else []
    said += [f"keeps its rule: {one['kept']}"] if one["kept"] else []
    said += [f"was told the old date: {', '.join(one['reminded'])}"] if one["reminded"] else []
    return "; ".join(said)


def compare_futures(shell: Shell, pack: str, open_: str, until: str) -> None:
    """Show the future under the policy in force beside that under a changed pack, each on a copy, if nobody acts."""
    from npm_cases.bootstrap import copy_of
    from npm_cases.packs.known import load_pack
    from npm_cases.services.simulate import simulate
    from npm_cases.services.what_if import apart, under_changed

    office, futures = shell.office, []
    changed = _by_our_days(office, load_pack(pack))
    choice = _choice(office, open_, [])
    for other in (False, True):
        with copy_of(shell.app) as copy:
            there = under_changed(copy.office, changed, choice, shell.at()) if other else copy.office
            futures.append(simulate(there, copy.views, shell.at(), until).as_dict())
    answer = {"until": until, "in_force": futures[0], "changed": futures[1], **apart(futures[0], futures[1])}
    shell.out(answer, lambda where: _show_futures(where, answer))


def _show_futures(where: Any, answer: dict[str, Any]) -> None:
    names = ("reminders", "notices", "escalations", "to_ombudsman", "mails", "late_by_engine")
    rows = [(name, answer["in_force"][name], answer["changed"][name]) for name in names]
    table(where, f"If nobody acts until {answer['until'][:10]}", ("What", "In force", "Changed"), rows)
    for name, title in (("only_in_force", "only by the policy in force"), ("only_changed", "only by the changed one")):
        if not answer[name]:
            where.print(f"no act {title}")
            continue
        acts = [(act["due_at"][:10], act["case"], act["rung"], act["post"]) for act in answer[name][:MOST_SHOWN]]
        table(where, f"{len(answer[name])} acts {title}", ("Due", "Case", "Rung", "Post"), acts)
