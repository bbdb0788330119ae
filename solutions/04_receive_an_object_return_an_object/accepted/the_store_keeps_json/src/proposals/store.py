from typing import Any
from uuid import UUID, uuid4

from src.proposals.schemas import ProposalCreate, ProposalPublic


class ProposalStore:
    def __init__(self) -> None:
        self._texts: dict[UUID, str] = {}

    def insert(self, proposal: ProposalCreate) -> ProposalPublic:
        row = _row_of(proposal)
        inserted = ProposalPublic.model_validate(row)
        self._texts[inserted.proposal_id] = inserted.model_dump_json()
        return inserted

    def find(self, proposal_id: UUID) -> ProposalPublic | None:
        text = self._texts.get(proposal_id)
        return None if text is None else ProposalPublic.model_validate_json(text)


def _row_of(proposal: ProposalCreate) -> dict[str, Any]:
    return {"proposal_id": uuid4(), **proposal.model_dump()}
