from uuid import UUID

from fastapi import APIRouter, HTTPException, status

from src.dependencies import Proposals
from src.proposals.schemas import ProposalCreate, ProposalPublic

router = APIRouter(prefix="/proposals", tags=["proposals"])


@router.post("", status_code=status.HTTP_201_CREATED)
async def propose(proposals: Proposals, body: ProposalCreate) -> ProposalPublic:
    return proposals.propose(**body.model_dump())


@router.get("/{proposal_id}")
async def show_proposal(proposals: Proposals, proposal_id: UUID) -> ProposalPublic:
    row = proposals.find(proposal_id)
    if row is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "proposal_not_found")
    return row
