from typing import Annotated

from fastapi import Depends, Request

from src.proposals.service import ProposalService
from src.review.desk import ReviewDesk


async def get_proposals(request: Request) -> ProposalService:
    proposals: ProposalService = request.state.proposals
    return proposals


async def get_desk(request: Request) -> ReviewDesk:
    desk: ReviewDesk = request.state.desk
    return desk


Proposals = Annotated[ProposalService, Depends(get_proposals)]
Desk = Annotated[ReviewDesk, Depends(get_desk)]
