from typing import Any
from uuid import UUID

from src.proposals.schemas import ProposalCreate, ProposalPublic
from src.proposals.store import ProposalStore
from src.review.desk import ReviewDesk


class ProposalService:
    def __init__(self, store: ProposalStore, desk: ReviewDesk) -> None:
        self._store = store
        self._desk = desk

    def propose(self, **fields: Any) -> ProposalPublic:
        proposal = ProposalCreate(**fields)
        self._desk.announce(proposal)
        return self._store.insert(proposal)

    def find(self, proposal_id: UUID) -> ProposalPublic | None:
        return self._store.find(proposal_id)
