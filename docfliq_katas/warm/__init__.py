"""Runs that start at once: a process with everything imported waits, and forks a child for each run.

`host` is that process, `client` starts and asks it, `libraries` is what it has ready.
"""

from __future__ import annotations

from docfliq_katas.warm.client import hosted

__all__ = ["hosted"]
