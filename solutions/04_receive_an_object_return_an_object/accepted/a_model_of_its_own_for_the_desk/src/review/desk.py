from src.proposals.schemas import ProposalCreate


class ReviewItem(ProposalCreate):
    needs_interpreter: bool = False


class ReviewDesk:
    def __init__(self) -> None:
        self._waiting: list[ReviewItem] = []

    def announce(self, proposal: ProposalCreate) -> None:
        item = ReviewItem.model_validate(proposal, from_attributes=True)
        self._waiting.append(item.model_copy(update={"needs_interpreter": item.language != "en"}))

    def waiting(self) -> list[ReviewItem]:
        return list(self._waiting)
