"""The `kata` command: what a user types, and the exit code that comes back."""

from __future__ import annotations

from docfliq_katas.cli.entry import main

__all__ = ["main"]
