"""The set-up, on a tiny project that needs no network: one wheel made here, and a build backend of twenty lines."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent.parent

BACKEND = """
import zipfile

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name = "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as wheel:
        wheel.writestr("tiny.py", "import sys\\ndef main():\\n    print('tiny', *sys.argv[1:])\\n")
        wheel.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
        wheel.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("tiny-1.0.dist-info/entry_points.txt", "[console_scripts]\\nkata = tiny:main\\n")
        wheel.writestr("tiny-1.0.dist-info/RECORD", "")
    return name
"""

Run = subprocess.CompletedProcess[str]
Kata = Callable[..., Run]


def _wheel(folder: Path) -> str:
    """Write a wheel with nothing in it but itself; return its line for a lock file."""
    path = folder / "needed-1.0-py3-none-any.whl"
    files = {
        "needed.py": b"",
        "needed-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: needed\nVersion: 1.0\n",
        "needed-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "needed-1.0.dist-info/RECORD"
    hashes = {name: base64.urlsafe_b64encode(hashlib.sha256(data).digest()) for name, data in files.items()}
    lines = [f"{name},sha256={hashes[name].rstrip(b'=').decode()},{len(data)}" for name, data in files.items()]
    with zipfile.ZipFile(path, "w") as wheel:
        for name, data in files.items():
            wheel.writestr(name, data)
        wheel.writestr(record, "\n".join([*lines, f"{record},,"]) + "\n")
    return f"needed==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One project for all tests: each leaves it complete, or the next one repairs it."""
    place = tmp_path_factory.mktemp("set-up")
    root = place / "a project"
    (root / "docfliq_katas").mkdir(parents=True)
    shutil.copy(SOURCE / "kata", root / "kata")
    shutil.copy(SOURCE / "docfliq_katas" / "bootstrap.py", root / "docfliq_katas")
    (root / "backend.py").write_text(BACKEND)
    backend = 'requires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    (root / "pyproject.toml").write_text(f'[build-system]\n{backend}[project]\nname = "tiny"\nversion = "1.0"\n')
    wheels = place / "wheels"
    wheels.mkdir()
    (root / "requirements.lock").write_text(_wheel(wheels))
    return root


@pytest.fixture
def environment(project: Path) -> dict[str, str]:
    """No network, no settings of this machine's pip, and this Python first."""
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(project.parent / "wheels"), "PIP_CONFIG_FILE": os.devnull}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "KATA_"))}
    return {**kept, **offline, "PATH": f"{Path(sys.executable).resolve().parent}:/usr/bin:/bin"}


@pytest.fixture
def kata(project: Path, environment: dict[str, str]) -> Kata:
    """Run the project's `./kata` as a user does."""

    def kata(*arguments: str, **variables: str) -> Run:
        command = [str(project / "kata"), *arguments]
        return subprocess.run(command, env=environment | variables, capture_output=True, text=True, check=False)

    return kata


def test_first_use_sets_up_and_goes_on(kata: Kata, project: Path) -> None:
    """The first call makes the environment, says so, and then does what it was asked."""
    shutil.rmtree(project / ".venv", ignore_errors=True)
    run = kata("list", "all")
    assert run.returncode == 0, run.stderr
    assert "setting up .venv" in run.stdout
    assert run.stdout.endswith("tiny list all\n")


def test_the_second_call_does_not_set_up(kata: Kata) -> None:
    """A complete environment is used as it is."""
    kata()
    assert kata("list").stdout == "tiny list\n"


@pytest.mark.parametrize("damage", ["stamp", "lock", "python", "kata", "place"])
def test_what_is_not_complete_or_not_current_is_not_used(kata: Kata, project: Path, damage: str) -> None:
    """An interrupted set-up, another lock, a lost Python and a moved project are noticed."""
    kata()
    lock, venv, root = project / "requirements.lock", project / ".venv", project
    right = lock.read_text()
    match damage:
        case "stamp":
            (venv / "kata-stamp").rename(venv / "away")
        case "lock":
            lock.write_text("# a newer lock\n" + right)
        case "python" | "kata":
            (venv / "bin" / damage).rename(venv / "away")
        case "place":
            root = project.rename(project.with_name("moved"))
    asked = subprocess.run([sys.executable, root / "docfliq_katas" / "bootstrap.py", "--is-ready"], check=False)
    if damage == "place":
        root.rename(project)
    lock.write_text(right)
    if os.path.lexists(venv / "away"):
        (venv / "away").rename(venv / ("kata-stamp" if damage == "stamp" else f"bin/{damage}"))
    assert asked.returncode == 1
    assert kata("list").stdout == "tiny list\n"


def test_a_package_that_is_not_the_locked_one_is_refused(kata: Kata, project: Path) -> None:
    """A wheel whose hash is not in the lock is not installed: exit code 2, and what to do."""
    lock = project / "requirements.lock"
    right = lock.read_text()
    lock.write_text(right[:-9] + "00000000\n")
    run = kata("list")
    lock.write_text(right)
    assert run.returncode == 2
    assert "kata: pip could not install the packages" in run.stderr
    assert "Traceback" not in run.stderr
    assert not (project / ".venv" / "kata-stamp").exists()


def test_two_first_calls_at_once_set_up_once(project: Path, environment: dict[str, str]) -> None:
    """Two terminals that start together share one set-up."""
    (project / ".venv" / "kata-stamp").unlink(missing_ok=True)
    command = [str(project / "kata"), "list"]
    runs = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    assert sorted("setting up" in output for output in outputs) == [False, True]


def test_an_interrupted_set_up_is_repaired(kata: Kata, project: Path, environment: dict[str, str]) -> None:
    """Ctrl-C in the middle of the set-up ends in one line, and the next call starts from there."""
    (project / ".venv" / "kata-stamp").unlink(missing_ok=True)
    first = subprocess.Popen(
        [str(project / "kata")], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert first.stdout
    assert "setting up" in first.stdout.readline()
    first.send_signal(signal.SIGINT)
    _, errors = first.communicate()
    assert (first.returncode, errors.strip()) == (130, "kata: stopped. The next ./kata goes on from here.")
    assert kata("list").stdout.endswith("tiny list\n")


def test_no_suitable_python_is_one_line(kata: Kata) -> None:
    """Without a Python that fits, one line says which ones do."""
    run = kata(PATH="/nowhere:/bin", KATA_PYTHON="/nowhere/python")
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr.startswith("kata: no Python 3.11, 3.12 or 3.13")
