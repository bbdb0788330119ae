from uuid import UUID, uuid4

from src.proposals.schemas import ProposalCreate, ProposalPublic

OURS = {"proposal_id", "status"}


class ProposalStore:
    def __init__(self) -> None:
        self._rows: dict[UUID, ProposalPublic] = {}

    def insert(self, proposal: ProposalCreate) -> ProposalPublic:
        row = ProposalPublic(proposal_id=uuid4(), **proposal.model_dump(exclude=OURS))
        self._rows[row.proposal_id] = row
        return row

    def find(self, proposal_id: UUID) -> ProposalPublic | None:
        return self._rows.get(proposal_id)
