"""The site's generated parts: facts, code, diffs and transcripts, taken from the lesson folders and from real runs."""

from __future__ import annotations

from docfliq_katas.pages.serving import serve
from docfliq_katas.pages.site import build, build_pages

__all__ = ["build", "build_pages", "serve"]
