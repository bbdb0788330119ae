"""`kata watch`: follows one lesson, runs it again whenever a file is saved, and shows the verdict.

`session` is the loop; `files` and `keyboard` are what it listens to, `screen` is what it shows.
"""

from __future__ import annotations

from docfliq_katas.watch.session import watch, watch_for_programs

__all__ = ["watch", "watch_for_programs"]
