"""The one kind of error that a user is meant to read."""

from __future__ import annotations


class Misuse(Exception):  # noqa: N818 - it is a message to the user, not a fault of the program
    """What is wrong and what to do, in one line; commands print it and exit with code 2."""
