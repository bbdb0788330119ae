from uuid import UUID

from src.proposals.schemas import Proposal
from src.proposals.store import ProposalStore
from src.review.desk import ReviewDesk


class ProposalService:
    def __init__(self, store: ProposalStore, desk: ReviewDesk) -> None:
        self._store = store
        self._desk = desk

    def propose(self, proposal: Proposal) -> Proposal:
        self._desk.announce(proposal)
        return self._store.insert(proposal)

    def find(self, proposal_id: UUID) -> Proposal | None:
        return self._store.find(proposal_id)
