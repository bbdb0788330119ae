from uuid import UUID, uuid4

Row = tuple[UUID, str, str, str, int, int, int]


class ProposalStore:
    def __init__(self) -> None:
        self._rows: dict[UUID, Row] = {}

    def insert(
        self, title: str, city: str, language: str, minutes: int, seats: int, beds: int
    ) -> Row:
        row = uuid4(), title, city, language, minutes, seats, beds
        self._rows[row[0]] = row
        return row

    def find(self, proposal_id: UUID) -> Row | None:
        return self._rows.get(proposal_id)
