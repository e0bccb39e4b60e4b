"""What npm_cases/health.py found, as the command line says it."""

from typing import Any

from npm_cases.cli.shell import Shell
from npm_cases.health import Check, examine as looked, policy
from npm_cases.web.health_words import found_in, to_do
from npm_cases.web.rendering import Speaker

MOST_LISTED = 5


def examine(shell: Shell) -> list[dict[str, Any]]:
    """Return every check in order: well or not, what was found, what to do."""
    speaker = Speaker("en", shell.app.office.pack)
    checks = [*looked(shell.app, shell.at()), policy(shell.app, shell.at())]
    return [_said(shell, speaker, check) for check in checks]


def _said(shell: Shell, speaker: Speaker, check: Check) -> dict[str, Any]:
    found = found_in(speaker, check)
    if check.code == "incidents" and not check.well:
        rows = shell.app.views.open_incidents()[:MOST_LISTED]
        found += ". " + "; ".join(f"{row['kind']} ({row['at'][:10]}): {row['what']}" for row in rows)
    what = speaker.t(f"health.{check.code}")
    return {"what": what, "well": check.well, "found": found, "do": to_do(speaker, check)}
