from uuid import UUID

from fastapi import APIRouter

from src.auth.dependencies import CurrentUserId
from src.database import Session
from src.moderation import service as moderation_service
from src.moderation.schemas import Decision, DecisionPublic

router = APIRouter(prefix="/posts/{post_id}", tags=["moderation"])


@router.post("/hide")
async def hide_post(
    session: Session, user_id: CurrentUserId, post_id: UUID, decision: Decision
) -> DecisionPublic:
    return await moderation_service.hide(session, user_id, post_id, decision.note)


@router.post("/restore")
async def restore_post(
    session: Session, user_id: CurrentUserId, post_id: UUID, decision: Decision
) -> DecisionPublic:
    return await moderation_service.restore(session, user_id, post_id, decision.note)
