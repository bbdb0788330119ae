from uuid import UUID

from src.proposals.store import ProposalStore, Row
from src.review.desk import ReviewDesk


class ProposalService:
    def __init__(self, store: ProposalStore, desk: ReviewDesk) -> None:
        self._store = store
        self._desk = desk

    def propose(self, title: str, city: str, minutes: int, seats: int, language: str = "en") -> Row:
        self._desk.announce(title, city, language, minutes, seats)
        return self._store.insert(title, city, language, minutes, seats)

    def find(self, proposal_id: UUID) -> Row | None:
        return self._store.find(proposal_id)
