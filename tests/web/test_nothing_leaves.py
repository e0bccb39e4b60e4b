"""F59: the whole system in a network of its own that has loopback only: it works, and reaches for nothing else."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import socket, sys, threading, urllib.request
from pathlib import Path
import uvicorn
from npm_cases.web.application import build_web
from npm_cases.services.sweep import sweep
from tests.makers import MON_2_MAR, a_recommendation, an_allegation, an_app
from tests.web.conftest import Browser, Clock
from tests.web.test_safety import address
from npm_cases.web.pages.all_pages import PAGES

reached = []
real = socket.socket.connect
def connect(self, where):
    reached.append(where)
    return real(self, where)
socket.socket.connect = connect
try:
    socket.create_connection(("192.0.2.1", 80), timeout=1)
    sys.exit("this network is no island")
except OSError:
    reached.clear()
app = an_app(Path(sys.argv[1]))
a_recommendation(app, "served"); an_allegation(app)
sweep(app.office, "2027-03-02T05:00:00.000000Z")
app.checkpoint("2027-03-02T05:00:00.000000Z")
web = build_web(app, Clock("2027-03-02T05:00:00.000000Z"))
browser = Browser(web).enter("")
for page in PAGES:
    if page.get is not None:
        assert browser.get(address(page)).status_code < 500, page.name
with socket.socket() as sock:
    sock.bind(("127.0.0.1", 0)); sock.listen(8)
    server = uvicorn.Server(uvicorn.Config(web, log_config=None, lifespan="off"))
    threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True).start()
    port = sock.getsockname()[1]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=20) as answer:
        assert answer.status == 200
    server.should_exit = True
away = [where for where in reached if not str(where[0] if isinstance(where, tuple) else where).startswith(("127.", "::1", "/"))]
print("pages", sum(page.get is not None for page in PAGES), "away", away)
sys.exit(1 if away else 0)
"""


ISLAND = ("unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")


def _has_islands() -> bool:
    if not (shutil.which("unshare") and shutil.which("ip")):
        return False
    return subprocess.run([*ISLAND[:-2], "ip link set lo up"], capture_output=True, check=False).returncode == 0


def test_nothing_leaves_the_machine(tmp_path: Path) -> None:
    if not _has_islands():
        pytest.skip("a network of its own needs unshare, ip and the right to use them")
    script = tmp_path / "island.py"
    script.write_text(PROGRAM, encoding="utf-8")
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [*ISLAND, sys.executable, "-W", "ignore", str(script), str(tmp_path / "data")],
        cwd=root, env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": str(tmp_path)},
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "away []" in ran.stdout
