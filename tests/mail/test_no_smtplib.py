import subprocess
import sys
from pathlib import Path

SCRIPT = """
import importlib, pkgutil, sys
failed = []
for name in ("npm_cases", "state_machines", "config", "workflows"):
    package = importlib.import_module(name)
    for found in pkgutil.walk_packages(package.__path__, name + ".", onerror=failed.append):
        if ".versions" in found.name or found.name.endswith((".env", ".__main__")):
            continue  # migrations are loaded by Alembic, __main__ runs the program
        importlib.import_module(found.name)
assert not failed, failed
assert "smtplib" not in sys.modules
print(len([name for name in sys.modules if name.startswith("npm_cases.")]))
"""


def test_nothing_of_ours_ever_loads_smtplib() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    assert int(done.stdout.split()[-1]) > 10
