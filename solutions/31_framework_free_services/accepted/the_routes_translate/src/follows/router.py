from uuid import UUID

from fastapi import APIRouter

from src.dependencies import Session
from src.follows import service as follows_service
from src.follows.models import Follow
from src.follows.schemas import FollowPublic
from src.routing import TranslatingRoute
from src.users.dependencies import CurrentUser

router = APIRouter(prefix="/users/{user_id}/follow", tags=["follows"], route_class=TranslatingRoute)


@router.post("", status_code=201, response_model=FollowPublic)
async def follow(session: Session, me: CurrentUser, user_id: UUID) -> Follow:
    return await follows_service.follow(session, me.id, user_id)


@router.delete("", status_code=204)
async def unfollow(session: Session, me: CurrentUser, user_id: UUID) -> None:
    await follows_service.unfollow(session, me.id, user_id)
