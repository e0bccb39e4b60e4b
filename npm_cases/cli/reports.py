"""Reports in the words of others: how many recommendations stand where, and which words there are."""

from collections.abc import Collection
from typing import Annotated, Any

import typer

from npm_cases.cli.shell import Shell, command, table
from npm_cases.domain.errors import BadInput


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="Counts in the words that others publish.", no_args_is_help=True)
    app.add_typer(group, name="report")

    @command(group, "status", epilog="Example: npm-cases report status --vocabulary hmip --channel visit")
    def status(
        shell: Shell,
        *,
        vocabulary: Annotated[str, typer.Option(help="Whose words: an id, or the path of a TOML file.")],
        first: Annotated[str, typer.Option("--from", help="First day, such as 2024-01-01.")] = "",
        last: Annotated[str, typer.Option("--to", help="Last day, such as 2024-12-31.")] = "",
        channel: Annotated[str, typer.Option(help="Only this channel.")] = "",
        region: Annotated[str, typer.Option(help="Only this region.")] = "",
    ) -> None:
        """Count recommendations by published status words; what these words cannot tell apart is said, never guessed."""
        from npm_cases.packs.vocabulary_file import vocabulary as find
        from npm_cases.services.given_days import a_day_if_given
        from npm_cases.services.status_report import Asked, report_status

        _need_one_of("--channel", channel, shell.office.pack.channels)
        _need_one_of("--region", region, shell.office.pack.regions)
        asked = Asked(channel, region, a_day_if_given("--from", first), a_day_if_given("--to", last))
        report = report_status(shell.app.views, find(vocabulary), asked, shell.actor())
        answer = {
            "vocabulary": report.vocabulary.id, "total": report.total,
            "words": [
                {"word": word.word, "code": word.id, "axis": word.axis, "state": word.state, "count": count}
                for word, count in report.by_word
            ],
            "not_told_apart": [
                {"words": [word.word for word in words], "state": state, "count": count}
                for state, words, count in report.not_told_apart
            ],
            "without_word": [{"state": state, "count": count} for state, count in report.without_word],
        }  # fmt: skip
        shell.out(answer, lambda where: _show(where, answer))

    @command(group, "vocabularies", epilog="Example: npm-cases report vocabularies")
    def vocabularies(shell: Shell) -> None:
        """List the vocabularies there are, each with its words and the state each word means."""
        from npm_cases.packs.vocabulary_file import vocabularies as known

        answer = [
            {
                "id": one.id, "labels": dict(one.labels), "source": one.source,
                "words": [
                    {
                        "word": word.word, "code": word.id, "axis": word.axis, "state": word.state,
                        "refused": word.refused.get("en", ""),
                    }
                    for word in one.words
                ],
            }
            for one in known()
        ]  # fmt: skip
        shell.out(answer, lambda where: _list(where, answer))


def _need_one_of(option: str, given: str, known: Collection[str]) -> None:
    if given and given not in known:
        raise BadInput(f"{option} {given!r} is not one of {', '.join(known)}")


def _show(where: Any, answer: dict[str, Any]) -> None:
    rows = [(one["word"], one["state"], one["count"]) for one in answer["words"]]
    table(
        where,
        f"{answer['total']} recommendations in the words of {answer['vocabulary']}",
        ("Word", "State", "Count"),
        rows,
    )
    if answer["not_told_apart"]:
        untold = [(" or ".join(one["words"]), one["state"], one["count"]) for one in answer["not_told_apart"]]
        table(where, "Not told apart: several words mean this state", ("Words", "State", "Count"), untold)
    if answer["without_word"]:
        none = [(one["state"], one["count"]) for one in answer["without_word"]]
        table(where, "No word of the vocabulary means this state", ("State", "Count"), none)


def _list(where: Any, answer: list[dict[str, Any]]) -> None:
    for one in answer:
        rows = [(word["word"], word["axis"], word["state"] or f"refused: {word['refused']}") for word in one["words"]]
        table(where, f"{one['id']}: {one['labels']['en']}", ("Word", "Axis", "State"), rows)
