"""A hook of MkDocs, named in `mkdocs.yml`: the pages of lessons have the tags of `docs/generated/tags.json`.

It imports nothing of the course, so that plain `mkdocs` needs nothing but the generated parts.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 - MkDocs names them
    """Give a page its tags, in place of what somebody wrote by hand, before the theme's plugin reads them."""
    tags = json.loads((Path(config.docs_dir) / "generated" / "tags.json").read_text(encoding="utf-8"))
    page.meta["tags"] = tags.get(page.file.src_uri, [])
    return markdown
