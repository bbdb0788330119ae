"""What an instrument saw between the beginning and the end of a `with` block, in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

Item = TypeVar("Item")


@dataclass
class Recording(Generic[Item]):
    """The items that were seen; iterate over it, index it, take its `len`."""

    items: list[Item] = field(default_factory=list)

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> Item:
        return self.items[index]

    @property
    def count(self) -> int:
        """How many items were seen."""
        return len(self.items)
