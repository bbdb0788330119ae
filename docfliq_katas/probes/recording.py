"""What an instrument saw between the beginning and the end of a `with` block, in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """When something happened, and for which request. Two things that differ in nothing else are equal.

    Attributes:
        began: when it began, in seconds of `time.perf_counter()`.
        seconds: how long it took, in seconds; 0.0 where its end was not seen.
        request: the number of the request (see `probes.requests`) that it was done for; None outside of any.
    """

    began: float = field(default=0.0, compare=False)
    seconds: float = field(default=0.0, compare=False)
    request: int | None = field(default=None, compare=False)

    @property
    def ended(self) -> float:
        """When it ended, in seconds of `time.perf_counter()`."""
        return self.began + self.seconds


@dataclass
class Recording(Generic[Item]):
    """The items that were seen; iterate over it, index it, take its `len`.

    Attributes:
        items: all of them, in order.
    """

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
