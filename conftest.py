"""Tell who runs another Python's pytest how to get the course's."""

import sys
from importlib.metadata import PackageNotFoundError, version

try:
    version("docfliq-katas")
except PackageNotFoundError:
    print(  # noqa: T201 - this pytest has no other way to say one line
        "This pytest is not the course's. Run ./kata once, then `source .venv/bin/activate`, then pytest again.",
        file=sys.stderr,
    )
    raise SystemExit(2) from None
