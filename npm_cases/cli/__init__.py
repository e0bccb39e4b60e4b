"""The command line: every use case as a command. Prefect and the web are imported only by the commands that need them."""

import os
import sys

from npm_cases.domain.errors import CaseError

STOPPED = 130
SHARED_OPTIONS = {"--json": 1, "--now": 2, "--as": 2}  # how many words each takes
TRACEBACK = "NPM_CASES_TRACEBACK"


def main() -> None:
    """Run one command and exit with its code: 0 done, 2 usage, 3 refused, 4 not allowed, 5 conflict, 6 not found,
    7 bad input, 8 integrity broken, 1 anything else.
    """  # noqa: D205 - the codes belong to the first sentence
    from npm_cases.cli.commands import build_cli
    from npm_cases.cli.failures import exit_code, tell

    as_json = "--json" in sys.argv
    try:
        build_cli()(args=_shared_options_last(sys.argv[1:]))
    except CaseError as error:
        tell(error, as_json=as_json)
        sys.exit(exit_code(error))
    except KeyboardInterrupt:
        sys.stderr.write("stopped; what was done stays done, and the next run goes on from there\n")
        sys.exit(STOPPED)
    except Exception as error:
        if TRACEBACK in os.environ:
            raise
        tell(error, as_json=as_json)
        if exit_code(error) == 1:
            sys.stderr.write(f"this was not foreseen; run it again with {TRACEBACK}=1 to see where it happened\n")
        sys.exit(exit_code(error))


def _shared_options_last(arguments: list[str]) -> list[str]:
    """Let --json, --now and --as stand before the command too: they belong to every command."""
    moved: list[str] = []
    rest = list(arguments)
    while rest and rest[0] in SHARED_OPTIONS:
        taken = SHARED_OPTIONS[rest[0]]
        moved, rest = moved + rest[:taken], rest[taken:]
    return rest + moved
