from collections import Counter, defaultdict
from uuid import UUID

from src.shares.schemas import Platform


class ShareCounter:
    def __init__(self) -> None:
        self._counts: defaultdict[UUID, Counter[Platform]] = defaultdict(Counter)

    def add(self, post_id: UUID, platform: Platform) -> None:
        self._counts[post_id][platform] += 1

    def of(self, post_id: UUID) -> dict[Platform, int]:
        return {platform: self._counts[post_id][platform] for platform in Platform}
