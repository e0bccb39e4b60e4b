"""Killed, or told of an error by the disk, at each system call that writes (FAULTS F02, F03).

A sweep, a delivery and an act with a document run as commands under strace, on a fresh copy for each strike.
"""

import random
import shutil
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from npm_cases.bootstrap import App, build
from npm_cases.domain.instants import as_text, from_text
from npm_cases.mail.sink import MailSink
from npm_cases.services.act import DoAct, act
from npm_cases.services.mailroom import LEASE, deliver
from npm_cases.services.sweep import sweep
from npm_cases.services.users import AddUser, add_user
from tests.faults.checker import table, violations
from tests.faults.figures import Figure
from tests.faults.system_calls import Call, calls, command, need_strace, struck
from tests.faults.test_crash_points import rungs_by_number
from tests.makers import (
    ADMINISTRATOR,
    LETTER,
    MON_2_MAR,
    SECRETARIAT,
    a_caseload,
    a_recommendation,
    an_app,
    settings_of,
)

pytestmark = pytest.mark.sqlite("every call of a process that writes a file (a lost server: test_lost_server.py)")

NOW = "2027-09-07T06:00:00.000000Z"
AFTER = as_text(from_text(NOW) + LEASE)
KEY = "the-key-of-the-act"
STRIKES = {
    "killed": ("signal=KILL", False),
    "one error": ("error=EIO", False),
    "errors from then on": ("error=EIO", True),
    "full from then on": ("error=ENOSPC", True),
}
ANYWHERE, OF_RARE_NAMES = 4, 2


@dataclass(frozen=True)
class Job:
    """What runs: a command over an installation, what is so only when all of it was done, and how it is done again."""

    arguments: Sequence[str]
    prepare: Callable[[App], None]
    recover: Callable[[App], None]
    result: Callable[[App], object]
    mails: bool = False


def _cases(app: App) -> None:
    a_caseload(app, 1)
    a_recommendation(app, "issued")


def _notices(app: App) -> None:
    _cases(app)
    sweep(app.office, NOW)


def _letter(app: App) -> None:
    add_user(app.office, AddUser(SECRETARIAT.user, tuple(SECRETARIAT.roles), ADMINISTRATOR, MON_2_MAR))
    a_recommendation(app, "issued")
    app.settings.data_dir.joinpath("letter.txt").write_bytes(LETTER[0][1])


def _swept(app: App) -> None:
    sweep(app.office, AFTER)


def _delivered(app: App) -> None:
    deliver(app.office, app.sender() or pytest.fail("no server"), app.house, AFTER)


def _acted(app: App) -> None:
    done = act(app.office, DoAct("R-2026-000001", "record_service", SECRETARIAT, AFTER, {}, idem=KEY, files=LETTER))
    assert done.state == "served"


def _statuses(app: App) -> object:
    return Counter(row["status"] for row in table(app, "outbox"))


def _services(app: App) -> object:
    documents = [row["id"] for row in table(app, "documents")]
    for name in documents:
        app.office.documents.get(name).close()
    return [row["event"] for row in table(app, "case_events") if row["event"] == "record_service"], len(documents)


ACT = ("case", "act", "R-2026-000001", "record_service", "--key", KEY, "--as", "secretary", "--document")
# fmt: off
JOBS: Mapping[str, Job] = {
    #             COMMAND             BEFORE     AGAIN       DONE
    "sweep":    Job(("tick",),          _cases,    _swept,     rungs_by_number),
    "delivery": Job(("tick",),          _notices,  _delivered, _statuses,       mails=True),
    "act":      Job((*ACT, "LETTER"),   _letter,   _acted,     _services),
}
# fmt: on


class Bench:
    """One job prepared once: its calls as a run unharmed makes them, what that run achieves, and copies to strike."""

    def __init__(self, job: Job, folder: Path) -> None:
        self.job, self.folder = job, folder
        app = an_app(folder / "prepared")
        job.prepare(app)
        app.close()
        with self.copied("unharmed") as (data, environment):
            self.calls = calls(self.command(data), environment, data)
            app = build(settings_of(data))
            assert violations(app) == []
            self.result = job.result(app)
            app.close()

    def command(self, data: Path) -> list[str]:
        given = [str(data / "letter.txt") if word == "LETTER" else word for word in self.job.arguments]
        return command(*given, "--now", NOW)

    def copied(self, name: str) -> "Copy":
        return Copy(self, self.folder / name / "data")

    def sample(self, strike: str) -> list[Call]:
        """Take some calls from anywhere, and some of the rarer names; others for each strike."""
        chance = random.Random(f"{strike} {self.job.arguments}")  # noqa: S311 - which calls, not secrets
        most = Counter(call.name for call in self.calls).most_common(1)[0][0]
        rare = [call for call in self.calls if call.name != most]
        taken = [*chance.sample(self.calls, ANYWHERE), *chance.sample(rare, OF_RARE_NAMES)]
        return list(dict.fromkeys(taken))


class Copy:
    """A copy of the installation, with a mail server of its own where the job needs one; gone afterwards."""

    def __init__(self, bench: Bench, data: Path) -> None:
        self.data = data
        self.source = bench.folder / "prepared"
        self.sink = MailSink(data.parent / "mail") if bench.job.mails else None

    def __enter__(self) -> tuple[Path, dict[str, str]]:
        shutil.copytree(self.source, self.data)
        environment = {"NPM_CASES_DATA_DIR": str(self.data), "NPM_CASES_LOG_LEVEL": "error"}
        if self.sink is not None:
            self.sink.__enter__()
            environment |= {"NPM_CASES_SMTP_PORT": str(self.sink.port), "NPM_CASES_SMTP_SECURITY": "none"}
        return self.data, environment

    def __exit__(self, *_: object) -> None:
        if self.sink is not None:
            self.sink.__exit__(None, None, None)
        shutil.rmtree(self.data.parent)


@pytest.fixture(scope="module")
def benches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Bench]]:
    need_strace()
    folder = tmp_path_factory.mktemp("benches")
    made: dict[str, Bench] = {}

    def bench(name: str) -> Bench:
        if name not in made:
            made[name] = Bench(JOBS[name], folder / name)
        return made[name]

    yield bench
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("strike", STRIKES)
@pytest.mark.parametrize("job", JOBS)
def test_struck_at_a_system_call_nothing_is_half_done(
    job: str, strike: str, benches: Callable[[str], Bench], figure: Figure, is_long: bool
) -> None:
    bench = benches(job)
    tried = bench.calls if is_long else bench.sample(strike)
    wrong = {str(call): found for call in tried if (found := list(_what_is_wrong(bench, call, strike)))}
    figure("F02" if strike == "killed" else "F03", calls=len(tried), violations=len(wrong))
    assert wrong == {}


def _what_is_wrong(bench: Bench, call: Call, strike: str) -> Iterator[str]:
    how, lasts = STRIKES[strike]
    with bench.copied(f"{call} {strike}".replace(" ", "-")) as (data, environment):
        done = struck(call, how, bench.command(data), environment, lasts=lasts)
        yield from _told(done, strike, can_say=not (lasts and call.name == "write"))
        yield from _damaged(data)
        smtp = {name[10:].lower(): value for name, value in environment.items() if "_SMTP_" in name}
        app = build(settings_of(data, **smtp))
        try:
            yield from violations(app)
            if done.returncode == 0 and bench.job.result(app) != bench.result:
                yield "it said that all was well, and not all was done"
            bench.job.recover(app)
            yield from violations(app)
            if bench.job.result(app) != bench.result:
                yield f"done again it gives {bench.job.result(app)}, not {bench.result}"
        finally:
            app.close()


def _told(done: CompletedProcess[str], strike: str, *, can_say: bool) -> Iterator[str]:
    """Hold the exit code and the words against the strike; where nothing can be written any more, the exit code alone."""
    if strike == "killed":
        if done.returncode != -signal.SIGKILL:
            yield f"it was to die and ended with {done.returncode}"
        return
    if done.returncode < 0 or "Traceback" in done.stderr or "not foreseen" in done.stderr:
        yield f"it ended with {done.returncode}: {done.stderr}"
    if done.returncode > 0 and can_say and not done.stderr.strip():
        yield f"it ended with {done.returncode} and said nothing"


def _damaged(data: Path) -> Iterator[str]:
    for file in (data / "cases.db", data / "keys" / "case_keys.db"):
        with closing(sqlite3.connect(file)) as link:
            (found,) = link.execute("PRAGMA integrity_check").fetchone()
        if found != "ok":
            yield f"{file.name}: {found}"
