"""`kata verify`: the project's own tests, then the gate over every lesson."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time

from docfliq_katas.cli import voice
from docfliq_katas.state import project_root

_PATIENCE = 10.0  # seconds that pytest has to clean up after Ctrl-C
_WORKERS = (os.cpu_count() or 1) + 1  # most tests wait for other processes now and then


def verify() -> int:
    """Run both and return 0 when both are green, else 1; on CI (CI=true) every lesson must also equal its seal."""
    began = time.monotonic()
    voice.say("1 of 2: the project's own tests")
    tests = _own_tests()
    tests_took = time.monotonic() - began

    from docfliq_katas.check import check  # noqa: PLC0415 - it imports pytest, which the tests above do for themselves

    voice.say("2 of 2: every lesson")
    gate = check([], as_json=False, record=False, sealed=os.environ.get("CI") == "true")
    gate_took = time.monotonic() - began - tests_took
    voice.say(f"The project's own tests: {_word(tests)}, {tests_took:.0f} s")
    voice.say(f"The gate over every lesson: {_word(gate)}, {gate_took:.0f} s")
    return 1 if tests or gate else 0


def _word(code: int) -> str:
    return "red" if code else "green"


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
