"""The built site in headless Chromium. `kata verify` builds it and names its folder in KATA_SITE."""

from __future__ import annotations

import os
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from docfliq_katas.cli.verifying import CHROMIUM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

# What Chromium asks its makers for on its own account would count as a request of the site.
SILENT = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let a test that asks for a `path` run once for each page of the site."""
    if "path" in metafunc.fixturenames:
        folder = Path(os.environ["KATA_SITE"])
        found = sorted(page.parent.relative_to(folder).as_posix() for page in folder.rglob("index.html"))
        assert found, f"there is no site in {folder}"
        metafunc.parametrize("path", [f"/{page}/".replace("/./", "/") for page in found])


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Serve the built site on this machine and return its address, without a slash at its end."""
    folder = Path(os.environ["KATA_SITE"])
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the machine's Chromium."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    assert program, f"none of {', '.join(CHROMIUM)} is installed"
    with sync_playwright() as playwright:
        # Root has no sandbox, and the shared memory of a container may be small.
        options = [*SILENT, "--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        browser = playwright.chromium.launch(executable_path=program, args=options)
        yield browser
        browser.close()
