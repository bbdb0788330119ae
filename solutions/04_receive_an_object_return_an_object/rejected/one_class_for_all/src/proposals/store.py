from uuid import UUID

from src.proposals.schemas import Proposal


class ProposalStore:
    def __init__(self) -> None:
        self._rows: dict[UUID, Proposal] = {}

    def insert(self, proposal: Proposal) -> Proposal:
        self._rows[proposal.proposal_id] = proposal
        return proposal

    def find(self, proposal_id: UUID) -> Proposal | None:
        return self._rows.get(proposal_id)
