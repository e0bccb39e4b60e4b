"""A real browser against a real server on loopback; skipped with a reason where there is no Chromium."""

import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
AXE = (Path(__file__).parent / "vendor" / "axe-4.14.0.min.js").read_text(encoding="utf-8")
NO_BROWSER = "there is no Chromium on this machine (Debian: apt-get install chromium)"
NO_PLAYWRIGHT = "playwright is not installed (the extra [test])"
WAIT_SECONDS = 20


def where_chromium_is() -> str:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""


@contextmanager
def served(web: Starlette) -> Iterator[str]:
    """Serve an application on a free port of loopback; yields its address."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen(16)
        server = uvicorn.Server(uvicorn.Config(web, log_config=None, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
        thread.start()
        try:
            yield f"http://localhost:{sock.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(WAIT_SECONDS)


@contextmanager
def chromium(**options: Any) -> Iterator[Any]:
    """Start Chromium once; skips where it cannot be."""
    playwright = pytest.importorskip("playwright.sync_api", reason=NO_PLAYWRIGHT)
    path = where_chromium_is()
    if not path:
        pytest.skip(NO_BROWSER)
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=list(ARGUMENTS), **options)
        try:
            yield browser
        finally:
            browser.close()


def violations(page: Any) -> list[str]:
    """Return what axe finds on a page, one line each."""
    page.evaluate(AXE)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}" for one in found for node in one["nodes"]
    ]


def enter(page: Any, address: str, user: str) -> None:
    """Sign in to a sandbox as somebody."""
    page.goto(f"{address}/sign-in")
    page.click(f"button[value='{user}']")
