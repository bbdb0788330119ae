from uuid import UUID, uuid4

from src.proposals.schemas import Proposal, ProposalCreate


class ProposalStore:
    def __init__(self) -> None:
        self._rows: dict[UUID, Proposal] = {}

    def insert(self, proposal: ProposalCreate) -> Proposal:
        row = Proposal(uuid4(), proposal)
        self._rows[row.proposal_id] = row
        return row

    def find(self, proposal_id: UUID) -> Proposal | None:
        return self._rows.get(proposal_id)
