from typing import Any
from uuid import UUID, uuid4


class ProposalStore:
    def __init__(self) -> None:
        self._rows: dict[UUID, dict[str, Any]] = {}

    def insert(self, proposal: dict[str, Any]) -> dict[str, Any]:
        proposal_id = uuid4()
        row = {"proposal_id": proposal_id, **proposal}
        self._rows[proposal_id] = row
        return row

    def find(self, proposal_id: UUID) -> dict[str, Any] | None:
        return self._rows.get(proposal_id)
