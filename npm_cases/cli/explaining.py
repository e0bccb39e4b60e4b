"""Why and why not, from the history alone, as members for programs and sentences for people."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from npm_cases.cli.shell import Shell
from npm_cases.domain.errors import BadInput
from npm_cases.domain.instants import as_text


def explained(shell: Shell, ref: str, instant: datetime | None, lang: str) -> tuple[dict[str, Any], list[str]]:
    """Return the explanation of a case at an instant.

    Raises NotFound for a case that is kept from the actor; BadInput for a language there is not.
    """
    from npm_cases.services.explain import explain
    from npm_cases.services.explain_words import sentences

    if lang not in shell.office.pack.languages:
        raise BadInput(f"--lang {lang!r} is not one of {', '.join(shell.office.pack.languages)}")
    at = as_text(instant) if instant else shell.at()
    with shell.app.reader as reader:
        found = explain(shell.office, reader, ref, at, shell.actor())
    lines = sentences(found, lang)
    return {**asdict(found), "sentences": lines}, lines
