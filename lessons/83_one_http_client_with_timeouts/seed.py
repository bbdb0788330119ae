"""A register for the app of `kata run 83` to ask."""

import os

from council import KEY, Council


async def seed() -> None:
    """Open the council's register on the loop of `kata run`, and tell the app where it is."""
    council = await Council().__aenter__()
    os.environ |= {"REGISTER_URL": council.url, "REGISTER_KEY": KEY}
