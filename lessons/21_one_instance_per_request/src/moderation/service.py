from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from src.audit.service import AuditTrail
from src.auth.models import User
from src.exceptions import PostNotFoundError
from src.posts.models import Post, Report

OLDEST = 50


async def open_reports(session: AsyncSession, trail: AuditTrail) -> Sequence[Report]:
    is_open = select(Report).where(Report.status == "open")
    reports = (await session.scalars(is_open.order_by(Report.id).limit(OLDEST))).all()
    trail.note(f"listed {len(reports)} reports")
    return reports


async def hide(session: AsyncSession, trail: AuditTrail, user: User, post_id: UUID) -> Post:
    post = await _change(session, post_id, status="HIDDEN_BY_ADMIN", hidden_by=user.id)
    trail.note(f"hid post {post_id}")
    of_the_post = update(Report).where(Report.post_id == post_id, Report.status == "open")
    closed = await session.scalars(of_the_post.values(status="actioned").returning(Report.id))
    trail.note(f"closed {len(closed.all())} reports")
    return post


async def restore(session: AsyncSession, trail: AuditTrail, post_id: UUID) -> Post:
    post = await _change(session, post_id, status="PUBLISHED", hidden_by=None)
    trail.note(f"restored post {post_id}")
    return post


async def _change(
    session: AsyncSession, post_id: UUID, *, status: str, hidden_by: UUID | None
) -> Post:
    post = await session.get(Post, post_id)
    if post is None:
        raise PostNotFoundError
    post.status, post.hidden_by = status, hidden_by
    await session.flush()
    return post
