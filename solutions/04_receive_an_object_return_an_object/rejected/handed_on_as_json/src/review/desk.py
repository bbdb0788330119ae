from src.proposals.schemas import ProposalCreate


class ReviewDesk:
    def __init__(self) -> None:
        self._waiting: list[ProposalCreate] = []

    def announce(self, proposal: ProposalCreate) -> None:
        self._waiting.append(proposal)

    def waiting(self) -> list[ProposalCreate]:
        return list(self._waiting)
