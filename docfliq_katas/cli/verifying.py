"""`kata verify`: the project's own tests, the gate over every lesson, the site."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from docfliq_katas.cli import voice
from docfliq_katas.errors import Misuse
from docfliq_katas.state import project_root

_PATIENCE = 10.0  # seconds that pytest has to clean up after Ctrl-C
_WORKERS = (os.cpu_count() or 1) + 1  # most tests wait for other processes now and then


def verify() -> int:
    """Run all three and return 0 when they are green, else 1; on CI (CI=true) every lesson must also equal its seal."""
    steps = {"The project's own tests": _own_tests, "The gate over every lesson": _gate, "The site": _site}
    results, failed = [], False
    for number, (name, step) in enumerate(steps.items(), 1):
        voice.say(f"{number} of {len(steps)}: {name.lower()}")
        began = time.monotonic()
        red = step()
        results.append(f"{name}: {'red' if red else 'green'}, {time.monotonic() - began:.0f} s")
        failed = failed or bool(red)
    voice.say(*results)
    return 1 if failed else 0


def _gate() -> int:
    from docfliq_katas.check import check  # noqa: PLC0415 - it imports pytest, which the tests do for themselves

    return check([], as_json=False, record=False, sealed=os.environ.get("CI") == "true")


def _site() -> int:
    from docfliq_katas.pages import build  # noqa: PLC0415 - as above

    with tempfile.TemporaryDirectory(prefix="kata-verify-") as folder:
        try:
            return build(site=Path(folder) / "site")
        except Misuse as error:
            voice.say(str(error))
            return 1


def _own_tests() -> int:
    # A folder of its own: several pytest runs at once get in each other's way in the shared one.
    with tempfile.TemporaryDirectory(prefix="kata-verify-") as folder:
        return _pytest("tests", f"-n{_WORKERS}", "--dist=worksteal", f"--basetemp={folder}/tests")


def _pytest(*arguments: str) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    with subprocess.Popen(command, cwd=project_root()) as pytest:  # noqa: S603 - our own tests
        try:
            return pytest.wait()
        except KeyboardInterrupt:
            pytest.send_signal(signal.SIGINT)
            try:
                pytest.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                pytest.kill()
            raise
