"""The hook that mkdocs.yml names: parts of the theme that have no name get one, for those who hear the page."""

from __future__ import annotations

import re

_SEARCH = 'data-md-component="search" role="dialog"'
_SECTION = re.compile(r'(<nav class="md-nav" data-md-level="\d+") aria-labelledby="(\w+)_label"')
_TITLE = re.compile(r'<label class="md-nav__title" for="(\w+)">\s*<span [^>]*></span>\s*(.*?)\s*</label>', re.DOTALL)


def on_post_page(output: str, **_: object) -> str:
    """Name the search, and each part of the navigation: its label may hold no more than an arrow."""
    titles = dict(_TITLE.findall(output))

    def named(section: re.Match[str]) -> str:
        title = titles.get(section[2])
        return f'{section[1]} aria-label="{title}"' if title else section[0]

    return _SECTION.sub(named, output).replace(_SEARCH, f'{_SEARCH} aria-label="Search"')
