from uuid import UUID

from fastapi import APIRouter, HTTPException, status

from src.dependencies import Proposals
from src.proposals.schemas import ProposalCreate, ProposalPublic
from src.proposals.store import Row

router = APIRouter(prefix="/proposals", tags=["proposals"])


@router.post("", status_code=status.HTTP_201_CREATED)
async def propose(proposals: Proposals, body: ProposalCreate) -> ProposalPublic:
    row = proposals.propose(body.title, body.city, body.minutes, body.seats, body.language)
    return as_public(row)


@router.get("/{proposal_id}")
async def show_proposal(proposals: Proposals, proposal_id: UUID) -> ProposalPublic:
    row = proposals.find(proposal_id)
    if row is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "proposal_not_found")
    return as_public(row)


def as_public(row: Row) -> ProposalPublic:
    proposal_id, title, city, language, minutes, seats = row
    return ProposalPublic(
        proposal_id=proposal_id,
        title=title,
        city=city,
        language=language,
        minutes=minutes,
        seats=seats,
    )
