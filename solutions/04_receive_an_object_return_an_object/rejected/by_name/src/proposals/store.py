from uuid import UUID, uuid4

Row = tuple[UUID, str, str, str, int, int]


class ProposalStore:
    def __init__(self) -> None:
        self._rows: dict[UUID, Row] = {}

    def insert(self, *, title: str, city: str, language: str, seats: int, minutes: int) -> Row:
        row = uuid4(), title, city, language, seats, minutes
        self._rows[row[0]] = row
        return row

    def find(self, proposal_id: UUID) -> Row | None:
        return self._rows.get(proposal_id)
