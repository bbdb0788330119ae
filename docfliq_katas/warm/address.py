"""Where the waiting process of a checkout is found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docfliq_katas.services.places import Place, place_of, private_folder

if TYPE_CHECKING:
    from pathlib import Path

NAME = "warm"


@dataclass(frozen=True)
class Address:
    """The files of one waiting process, below a folder of its own in the state folder."""

    folder: Path

    @property
    def socket(self) -> Path:
        """Listen here; beside the servers' sockets, for its path may not be long."""
        return private_folder(Place(NAME, self.folder)) / f"{NAME}.sock"

    @property
    def lock(self) -> Path:
        """Stay locked for as long as the process lives."""
        return self.folder / "host.lock"

    @property
    def log(self) -> Path:
        """Take what it complains about."""
        return self.folder / "log"


def here() -> Address:
    """Return the address of this checkout."""
    return Address(place_of(NAME).folder)
