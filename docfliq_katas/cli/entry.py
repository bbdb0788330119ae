"""From arguments to an exit code: the one place where errors become a line."""

from __future__ import annotations

import io
import os
import signal
import sys
from typing import TYPE_CHECKING

import typer

from docfliq_katas.cli import voice
from docfliq_katas.cli.commands import app
from docfliq_katas.errors import Misuse

if TYPE_CHECKING:
    from collections.abc import Sequence

_BROKEN = 2
_INTERRUPTED = 130
_DEBUG = "KATA_DEBUG"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 is green, 1 is red, 2 is misuse or a broken set-up (one line on stderr says what to do), 130 is Ctrl-C.

    Args:
        arguments: What follows `kata`; by default the arguments of this process.

    """
    _prepare()
    try:
        code = _run(sys.argv[1:] if arguments is None else list(arguments))
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the interpreter flushes once more
        return 128 + signal.SIGPIPE
    if code == _INTERRUPTED:
        sys.stderr.write("\n")  # behind the ^C of the terminal, or a line that is not at its end
        voice.complain("interrupted")
    return code


def _prepare() -> None:
    """Make a closed terminal end a command as Ctrl-C does, and let no character stop a line."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _run(arguments: list[str]) -> int:
    try:
        code = app(args=arguments, prog_name="kata", standalone_mode=False)
    except Misuse as error:
        voice.complain(str(error))
    except typer.TyperException as error:
        voice.complain(
            f"{error.format_message()} (`kata --help` lists the commands, `kata COMMAND --help` its options)"
        )
    except BrokenPipeError:
        raise
    except OSError as error:
        voice.complain(
            f"{error.filename or 'the system'}: {error.strerror or error}; `kata doctor` looks for the cause"
        )
    except Exception as error:
        if os.environ.get(_DEBUG):
            raise
        told = f"{type(error).__name__}: {error}"
        voice.complain(f"this is a fault of kata, not of yours: {told} (with {_DEBUG}=1 it says where)")
    else:
        return int(code or 0)
    return _BROKEN
