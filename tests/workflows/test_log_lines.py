"""Every process logs JSON lines with allowed keys: our own, those of Prefect, and those of other libraries (F58)."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from config.logging import ALLOWED, Lines, configure, logger

STATEMENT = "synthetic statement of a person"


def test_a_key_outside_the_list_is_dropped(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    logger().info("said", case_id="c-1", statement=STATEMENT, count=3)
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["case_id"], line["count"]) == ("said", "c-1", 3)
    assert "statement" not in line


def test_lines_of_libraries_look_the_same_and_lose_what_is_not_allowed() -> None:
    record = logging.LogRecord("prefect.flow_runs", logging.WARNING, __file__, 1, "Қайта: %s", ("run",), None)
    record.flow_run_id, record.flow_run_name, record.parameters = "r-1", "a name", STATEMENT
    line = json.loads(Lines().format(record))
    assert line.keys() <= ALLOWED
    assert (line["event"], line["level"], line["flow_run_id"]) == ("Қайта: run", "warning", "r-1")
    assert STATEMENT not in str(line)


def test_a_failure_is_one_line_with_its_traceback() -> None:
    try:
        int("synthetic\nof two lines")
    except ValueError:
        record = logging.LogRecord("uvicorn.error", logging.ERROR, __file__, 1, "failed", None, sys.exc_info())
    (written,) = Lines().format(record).splitlines()
    assert "ValueError" in json.loads(written)["exception"]


PROGRAM = """
import logging, sys
from config.settings import Settings
from workflows.environment import prepare
prepare(Settings(_env_file=None, data_dir=sys.argv[1]))
from prefect.logging import get_logger
from prefect.logging.configuration import ensure_logging_setup
ensure_logging_setup()
get_logger("workers").error("of a worker", extra={"flow_run_id": "r-1", "parameters": "hidden"})
logging.getLogger("prefect.flow_runs").error("of a flow run", extra={"flow_run_name": "hidden"})
logging.getLogger("uvicorn.error").error("of the server")
logging.getLogger("another.library").warning("of anybody")
"""


def test_prefects_own_lines_come_out_in_the_same_form(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["of a worker", "of a flow run", "of the server", "of anybody"]
    assert all(line.keys() <= ALLOWED for line in lines)
    assert "hidden" not in done.stderr


def test_a_page_process_and_a_command_say_what_libraries_say_in_lines_too() -> None:
    program = (
        "from config.logging import configure; configure('info'); import logging; logging.getLogger('x').error('y')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(done.stderr)["event"] == "y"
