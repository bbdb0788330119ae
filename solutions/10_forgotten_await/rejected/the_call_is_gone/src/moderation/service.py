from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.audit import service as audit_service
from src.auth import service as auth_service
from src.exceptions import PermissionDeniedError, PostNotFoundError
from src.moderation.schemas import DecisionPublic
from src.posts.models import Post
from src.reports import service as reports_service


async def hide(
    session: AsyncSession, moderator_id: UUID, post_id: UUID, note: str
) -> DecisionPublic:
    post = await _post_to_moderate(session, moderator_id, post_id)
    post.status = "HIDDEN_BY_ADMIN"
    reports = await reports_service.open_reports(session, post_id)
    closed = [await reports_service.close(session, report, "actioned") for report in reports]
    await audit_service.record(session, moderator_id, "hide", post_id, note)
    return DecisionPublic(post_id=post_id, status="HIDDEN_BY_ADMIN", closed_reports=len(closed))


async def restore(
    session: AsyncSession, moderator_id: UUID, post_id: UUID, note: str
) -> DecisionPublic:
    post = await _post_to_moderate(session, moderator_id, post_id)
    post.status = "PUBLISHED"
    reports = await reports_service.open_reports(session, post_id)
    for report in reports:
        await reports_service.close(session, report, "dismissed")
    return DecisionPublic(post_id=post_id, status="PUBLISHED", closed_reports=len(reports))


async def _post_to_moderate(session: AsyncSession, moderator_id: UUID, post_id: UUID) -> Post:
    if not await auth_service.may_moderate(session, moderator_id):
        raise PermissionDeniedError
    post = await session.get(Post, post_id)
    if post is None:
        raise PostNotFoundError
    return post
