"""`python -m docfliq_katas.pages build|serve`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from docfliq_katas.errors import Misuse
from docfliq_katas.pages import build, serve

if TYPE_CHECKING:
    from collections.abc import Callable

_COMMANDS: dict[str, Callable[[], int]] = {"build": build, "serve": serve}


def main(arguments: list[str]) -> int:
    """Build or serve the site; 0 is done, 1 a fault in a page, 2 a fault in a lesson or in the call."""
    if len(arguments) != 1 or arguments[0] not in _COMMANDS:
        return _refuse("call it as `python -m docfliq_katas.pages build` or `… serve`")
    try:
        return _COMMANDS[arguments[0]]()
    except Misuse as error:
        return _refuse(str(error))


def _refuse(line: str) -> int:
    print(line, file=sys.stderr)  # noqa: T201 - this is a command
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
