from src.proposals.schemas import Proposal


class ReviewDesk:
    def __init__(self) -> None:
        self._waiting: list[Proposal] = []

    def announce(self, proposal: Proposal) -> None:
        self._waiting.append(proposal)

    def waiting(self) -> list[Proposal]:
        return list(self._waiting)
