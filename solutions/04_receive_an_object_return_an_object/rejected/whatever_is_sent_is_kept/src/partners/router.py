from uuid import UUID

from fastapi import APIRouter, status

from src.dependencies import Proposals
from src.proposals.schemas import ProposalCreate

router = APIRouter(prefix="/partner/proposals", tags=["partners"])


@router.post("", status_code=status.HTTP_201_CREATED)
async def import_proposals(proposals: Proposals, bodies: list[ProposalCreate]) -> list[UUID]:
    return [proposals.propose(body).proposal_id for body in bodies]
