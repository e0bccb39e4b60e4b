"""Writers take turns: nobody waits for more than those who came before, in this process or in another."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from npm_cases.bootstrap import App
from npm_cases.domain.errors import TryAgain
from npm_cases.persistence.turns import Turns
from npm_cases.services.act import DoAct, act
from tests.makers import COMMISSIONER, MON_2_MAR, a_recommendation, an_app

pytestmark = pytest.mark.sqlite("its writers take turns")

ROOT = Path(__file__).parents[2]
HOLD = """
import sys, time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from npm_cases.persistence.turns import Turns
turns = Turns(Path(sys.argv[1]), 30.0)
turns.take()
print("mine", flush=True)
if sys.argv[2] == "again":  # a sweep: one batch after the other
    while True:
        time.sleep(0.05)
        turns.give()
        turns.take()
time.sleep(60)
"""


@contextmanager
def holder(file: Path, how: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLD, str(file), how]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "mine\n"
        try:
            yield process
        finally:
            process.kill()


def test_threads_come_in_the_order_in_which_they_asked(tmp_path: Path) -> None:
    turns, order, asked = Turns(tmp_path / "cases.db", 10.0), list[int](), list[threading.Thread]()
    assert turns.take()

    def come(number: int) -> None:
        assert turns.take()
        order.append(number)
        turns.give()

    for number in range(6):
        asked.append(threading.Thread(target=come, args=(number,)))
        asked[-1].start()
        while len(turns._waiting) <= number:
            time.sleep(0.001)
    turns.give()
    for one in asked:
        one.join(10)
    assert order == list(range(6))
    assert turns.take()


def test_who_waits_too_long_is_told_and_does_not_keep_the_turn(tmp_path: Path) -> None:
    turns, impatient = Turns(tmp_path / "cases.db", 10.0), Turns(tmp_path / "cases.db", 0.05)
    assert turns.take()
    assert not impatient.take()
    turns.give()
    assert impatient.take()
    impatient.give()
    assert turns.take()


def test_a_thread_that_gave_up_is_not_waited_for() -> None:
    turns = Turns(None, 0.05)
    assert turns.take()
    assert not turns.take()
    turns.give()
    assert turns.take()


def test_who_comes_back_again_and_again_lets_others_in_between(tmp_path: Path) -> None:
    turns, waits = Turns(tmp_path / "cases.db", 10.0), []
    with holder(tmp_path / "cases.db", "again"):
        for _ in range(5):
            began = time.monotonic()
            assert turns.take()
            waits.append(time.monotonic() - began)
            turns.give()
            time.sleep(0.01)
    assert max(waits) < 2, "a batch takes a twentieth of a second here"


def test_a_process_that_dies_gives_its_turn(tmp_path: Path) -> None:
    file = tmp_path / "cases.db"
    with holder(file, "once") as dying:
        assert not Turns(file, 0.05).take()
        os.kill(dying.pid, signal.SIGKILL)
        dying.wait()
        assert Turns(file, 5.0).take()


def test_an_act_that_gets_no_turn_is_refused_as_a_whole(tmp_path: Path) -> None:
    app: App = an_app(tmp_path / "data", busy_seconds=0.2)
    number = a_recommendation(app).number
    with (
        holder(tmp_path / "data" / "cases.db", "once"),
        pytest.raises(TryAgain, match="nothing was changed, try again"),
    ):
        act(app.office, DoAct(number, "approve", COMMISSIONER, MON_2_MAR))
    assert act(app.office, DoAct(number, "approve", COMMISSIONER, MON_2_MAR)).state == "approved"
    app.close()
