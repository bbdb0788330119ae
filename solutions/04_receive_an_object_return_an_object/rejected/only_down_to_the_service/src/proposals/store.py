from uuid import UUID, uuid4

from src.proposals.schemas import ProposalPublic


class ProposalStore:
    def __init__(self) -> None:
        self._rows: dict[UUID, ProposalPublic] = {}

    def insert(
        self, title: str, city: str, language: str, minutes: int, seats: int
    ) -> ProposalPublic:
        row = ProposalPublic(
            proposal_id=uuid4(),
            title=title,
            city=city,
            language=language,
            minutes=minutes,
            seats=seats,
        )
        self._rows[row.proposal_id] = row
        return row

    def find(self, proposal_id: UUID) -> ProposalPublic | None:
        return self._rows.get(proposal_id)
