"""`kata verify`: the project's own tests, the gate over every lesson, the site, and the site in a browser."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from docfliq_katas.cli import voice
from docfliq_katas.errors import Misuse
from docfliq_katas.state import project_root

if TYPE_CHECKING:
    from collections.abc import Callable

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The names that the browser goes by."""

_BROWSER_TESTS = "tests/browser"
_BROWSER_LOCK = "requirements-browser.lock"
_PATIENCE = 10.0  # seconds that pytest has to clean up after Ctrl-C
_WORKERS = (os.cpu_count() or 1) + 1  # most tests wait for other processes now and then


def verify() -> int:
    """Run all four and return 0 when none is red, else 1; on CI (CI=true) every lesson must also equal its seal.

    The browser is the machine's Chromium. Where it or what drives it is missing, that is said, and on CI it is red.
    """
    with tempfile.TemporaryDirectory(prefix="kata-verify-") as folder:
        place = Path(folder)
        steps: dict[str, Callable[[], int | None]] = {
            "The project's own tests": partial(_own_tests, place),
            "The gate over every lesson": _gate,
            "The site": partial(_site, place),
            "The site in a browser": partial(_browser, place),
        }
        results, failed = [], False
        for number, (name, step) in enumerate(steps.items(), 1):
            voice.say(f"{number} of {len(steps)}: {name.lower()}")
            began = time.monotonic()
            red = step()
            said = {None: "not looked at", 0: "green"}.get(red, "red")
            results.append(f"{name}: {said}, {time.monotonic() - began:.0f} s")
            failed = failed or bool(red)
    voice.say(*results)
    return 1 if failed else 0


def _gate() -> int:
    from docfliq_katas.check import check  # noqa: PLC0415 - it imports pytest, which the tests do for themselves

    return check([], as_json=False, record=False, sealed=_on_ci())


def _site(place: Path) -> int:
    from docfliq_katas.pages import build  # noqa: PLC0415 - as above

    try:
        return build(site=place / "site")
    except Misuse as error:
        voice.say(str(error))
        return 1


def _own_tests(place: Path) -> int:
    # A folder of its own: several pytest runs at once get in each other's way in the shared one.
    parallel = [f"-n{_WORKERS}", "--dist=worksteal", f"--basetemp={place / 'tests'}"]
    return _pytest("tests", f"--ignore={_BROWSER_TESTS}", *parallel)


def _browser(place: Path) -> int | None:
    missing = [] if any(map(shutil.which, CHROMIUM)) else ["Chromium"]
    missing += [] if find_spec("playwright") and find_spec("axe_playwright_python") else [_BROWSER_LOCK]
    if missing:
        voice.say(f"Not looked at: {' and '.join(missing)} not installed. CONTRIBUTING.md says how.")
        return 1 if _on_ci() else None
    if not (place / "site").is_dir():
        voice.say("Not looked at: there is no site.")
        return 1
    return _pytest(_BROWSER_TESTS, f"-n{_WORKERS}", f"--basetemp={place / 'browser'}", KATA_SITE=str(place / "site"))


def _on_ci() -> bool:
    return os.environ.get("CI") == "true"


def _pytest(*arguments: str, **environment: str) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    with subprocess.Popen(command, cwd=project_root(), env={**os.environ, **environment}) as pytest:  # noqa: S603 - our own tests
        try:
            return pytest.wait()
        except KeyboardInterrupt:
            pytest.send_signal(signal.SIGINT)
            try:
                pytest.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                pytest.kill()
            raise
