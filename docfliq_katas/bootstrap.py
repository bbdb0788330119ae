"""Make `.venv` from `requirements.lock`; run by `./kata` with any Python, so it needs only the standard library.

The folder gets a stamp when it is complete: an interrupted set-up has none, and the next call repairs it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
_STAMP = VENV / "kata-stamp"
_TAIL = 15  # lines of pip's own words when it fails


class SetUpError(Exception):
    """The set-up cannot go on: one line that says what to do."""


def is_ready() -> bool:
    """Tell whether `.venv` is complete, made from today's lock, by the Python that asks."""
    commands = (VENV / "bin" / "python", VENV / "bin" / "kata")
    try:
        stamped = _STAMP.read_text(encoding="utf-8") == _stamp()
    except OSError:
        return False
    return stamped and all(os.access(command, os.X_OK) for command in commands)


def set_up() -> None:
    """Make `.venv` anew, unless another call has done it meanwhile.

    Raises:
        SetUpError: something is missing or refused; the message says what to do.

    """
    with (ROOT / ".venv.lock").open("a") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if is_ready():
            return
        why = "a set-up that is not complete or not current" if VENV.exists() else "first use"
        print(f"kata: setting up .venv with Python {sys.version.split()[0]} ({why})", flush=True)
        _STAMP.unlink(missing_ok=True)
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=True).create(VENV)
        _install("-r", str(LOCK), "--require-hashes", "--only-binary=:all:", total=_packages())
        _install("-e", str(ROOT), "--no-deps", "--no-index", "--no-build-isolation", total=1)
        _STAMP.write_text(_stamp(), encoding="utf-8")
        print("kata: ready. `source .venv/bin/activate` gives you `kata` and `pytest`.", flush=True)


def main(arguments: list[str]) -> int:  # noqa: RET503 - execv does not return
    """Set up where needed and hand over to the `kata` command; return an exit code when that cannot be done."""
    if arguments == ["--is-ready"]:
        return 0 if is_ready() else 1
    try:
        if not is_ready():
            set_up()
    except (SetUpError, OSError, subprocess.CalledProcessError) as error:
        print(f"kata: {_advice(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nkata: stopped. The next ./kata goes on from here.", file=sys.stderr)
        return 130
    kata = VENV / "bin" / "kata"
    os.execv(kata, [str(kata), *arguments])  # noqa: S606 - the command the user asked for


def _stamp() -> str:
    lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    return f"{lock} {sys.version_info.major}.{sys.version_info.minor} {sys.base_prefix} {ROOT}\n"


def _packages() -> int:
    return len(re.findall(r"^\S+==", LOCK.read_text(encoding="utf-8"), flags=re.MULTILINE))


def _install(*arguments: str, total: int) -> None:
    """Run pip and show how far it is: a counter on a terminal, a line per ten packages elsewhere."""
    command = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check", *arguments]
    said: list[str] = []
    seen = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:  # noqa: S603 - pip, with our own arguments
        for line in pip.stdout or ():
            said.append(line.rstrip())
            name = re.match(r"(?:Collecting|Obtaining) (\S+)", line)
            if name:
                seen += 1
                _progress(f"collecting {seen} of at most {total}: {name[1].partition('=')[0]}", often=seen % 10 == 0)
            elif line.startswith("Installing collected packages") and total > 1:
                _progress("installing: this takes about half a minute", often=True)
    if sys.stdout.isatty():
        print("\r\x1b[K", end="", flush=True)
    if pip.returncode:
        print("\n".join(said[-_TAIL:]), file=sys.stderr)
        raise SetUpError("pip could not install the packages (its words are above): check the network, then run again")


def _progress(words: str, *, often: bool) -> None:
    if sys.stdout.isatty():
        print(f"\r\x1b[K  {words}"[:79], end="", flush=True)
    elif often:
        print(f"  {words}", flush=True)


def _advice(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"cannot write {error.filename or VENV}: {error.strerror}. Free or open that place, then run again."
    if isinstance(error, subprocess.CalledProcessError):
        return "this Python cannot make a virtual environment with pip: install its venv package, then run again"
    return str(error)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
