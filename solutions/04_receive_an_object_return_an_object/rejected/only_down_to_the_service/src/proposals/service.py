from uuid import UUID

from src.proposals.schemas import ProposalCreate, ProposalPublic
from src.proposals.store import ProposalStore
from src.review.desk import ReviewDesk


class ProposalService:
    def __init__(self, store: ProposalStore, desk: ReviewDesk) -> None:
        self._store = store
        self._desk = desk

    def propose(self, proposal: ProposalCreate) -> ProposalPublic:
        fields = proposal.title, proposal.city, proposal.language, proposal.minutes, proposal.seats
        self._desk.announce(*fields)
        return self._store.insert(*fields)

    def find(self, proposal_id: UUID) -> ProposalPublic | None:
        return self._store.find(proposal_id)
