"""Commands that prove a policy before it is law."""

from typing import Annotated, Any

import typer

from npm_cases.cli.failures import BROKEN
from npm_cases.cli.policy_changes import add_to
from npm_cases.cli.shell import Shell, command, settings, table


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="The country pack, proved.", no_args_is_help=True)
    app.add_typer(group, name="policy")

    add_to(group)

    @command(group, "check", epilog="Example: npm-cases policy check --country kz")
    def check(shell: Shell, *, country: Annotated[str, typer.Option(help="Country pack.")] = "") -> None:
        """Prove that no case can be forgotten: every open state has a clock, a way out, and reaches the Ombudsman."""
        from datetime import UTC, datetime

        from npm_cases.cli.shell import parse_instant
        from npm_cases.packs.known import load_pack
        from npm_cases.services.policy_check import check_policy
        from npm_cases.services.policy_words import in_words

        pack = load_pack(country or settings().country)
        now = parse_instant(shell.now_text, "--now") if shell.now_text else datetime.now(UTC)
        report = check_policy(pack, now.date())
        answer = {
            "findings": [
                {
                    "what": f.what, "where": f.where, "counter_example": list(f.counter_example),
                    "in_words": in_words(f.counter_example),
                } for f in report.findings
            ],
            "bounds": [
                {"machine": b.machine, "state": b.state, "channel": b.channel, "days": b.days, "duty": b.duty, "rung": b.rung}
                for b in report.bounds
            ],
        }  # fmt: skip
        shell.out(answer, lambda where: _show(where, answer))
        if report.findings:
            shell.fail(BROKEN, f"the pack does not hold: {len(report.findings)} findings, listed above")

    @command(group, "show", epilog="Example: npm-cases policy show --country fr")
    def show(
        shell: Shell,
        *,
        country: Annotated[str, typer.Option(help="Country pack.")] = "",
        lang: Annotated[str, typer.Option(help="Language of the names: kk, ru or en.")] = "en",
    ) -> None:
        """Print a pack for people: its model, bodies, channels, terms with their sources, ladders, and open questions."""
        from npm_cases.cli.policy_shown import print_pack, shown
        from npm_cases.domain.errors import BadInput
        from npm_cases.packs.known import load_pack

        pack = load_pack(country or settings().country)
        if lang not in pack.languages:
            raise BadInput(f"--lang {lang!r} is not one of {', '.join(pack.languages)}")
        answer = shown(pack)
        shell.out(answer, lambda where: print_pack(where, pack, answer, lang))


def _show(where: Any, answer: dict[str, Any]) -> None:
    rows = [(b["machine"], b["state"], b["channel"], b["days"], b["duty"]) for b in answer["bounds"]]
    table(
        where, "Days to the Ombudsman if nobody acts", ("Machine", "State", "Channel", "Days", "By the clock of"), rows
    )
    for finding in answer["findings"]:
        where.print(f"[red]{finding['what']}[/red] in {finding['where']}: {finding['in_words']}")
    where.print(f"{len(answer['findings'])} findings")
