from uuid import UUID

from fastapi import APIRouter, Depends

from src.audit.dependencies import Trail
from src.auth.dependencies import CurrentUser, get_current_user
from src.database import Session
from src.moderation import service as moderation_service
from src.moderation.dependencies import RequireRole
from src.moderation.schemas import PostModerated, ReportList, ReportRead
from src.posts.models import Post

router = APIRouter(prefix="/admin", tags=["admin"], dependencies=[Depends(get_current_user)])


@router.get("/reports", dependencies=[Depends(RequireRole("admin"))])
async def list_reports(session: Session, trail: Trail) -> ReportList:
    reports = await moderation_service.open_reports(session, trail)
    return ReportList(items=[ReportRead.model_validate(report) for report in reports])


@router.post(
    "/posts/{post_id}/hide",
    response_model=PostModerated,
    dependencies=[Depends(RequireRole("admin"))],
)
async def hide_post(session: Session, trail: Trail, user: CurrentUser, post_id: UUID) -> Post:
    return await moderation_service.hide(session, trail, user, post_id)


@router.post(
    "/posts/{post_id}/restore",
    response_model=PostModerated,
    dependencies=[Depends(RequireRole("super_admin"))],
)
async def restore_post(session: Session, trail: Trail, post_id: UUID) -> Post:
    return await moderation_service.restore(session, trail, post_id)
