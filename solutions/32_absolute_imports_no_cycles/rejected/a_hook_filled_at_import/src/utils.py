from textwrap import shorten

SNIPPET_LENGTH = 160


def snippet_of(text: str) -> str:
    return shorten(text, SNIPPET_LENGTH, placeholder="…")
