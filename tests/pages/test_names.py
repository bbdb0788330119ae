from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docfliq_katas.pages.names_hook import on_post_page

if TYPE_CHECKING:
    from pathlib import Path


def test_the_search_and_the_navigation_have_names(built: Path) -> None:
    """Who hears a page is told what a part of it is: none goes by a label that may be an arrow and no word."""
    text = (built / "site/lessons/sum_of_fees/index.html").read_text()
    assert 'role="dialog" aria-label="Search"' in text
    sections = re.findall(r'<nav class="md-nav" data-md-level="[1-9]" ([\w-]+)="([^"]+)"', text)
    assert sections
    assert {attribute for attribute, _ in sections} == {"aria-label"}


def test_a_part_without_a_title_is_left_alone() -> None:
    """Where the theme looks another way one day, no wrong name is given."""
    page = '<nav class="md-nav" data-md-level="2" aria-labelledby="__nav_2_label">'
    assert on_post_page(page) == page
