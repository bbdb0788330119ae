from src.proposals.schemas import ProposalCreate


class ReviewDesk:
    def __init__(self) -> None:
        self._waiting: list[ProposalCreate] = []

    def announce(
        self, title: str, city: str, language: str, minutes: int, seats: int, beds: int
    ) -> None:
        self._waiting.append(
            ProposalCreate(
                title=title, city=city, language=language, minutes=minutes, seats=seats, beds=beds
            )
        )

    def waiting(self) -> list[ProposalCreate]:
        return list(self._waiting)
