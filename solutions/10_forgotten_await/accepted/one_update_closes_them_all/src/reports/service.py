from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from src.reports.models import Report


async def close_open(session: AsyncSession, post_id: UUID, status: str) -> int:
    closed = await session.scalars(
        update(Report)
        .where(Report.post_id == post_id, Report.status == "open")
        .values(status=status)
        .returning(Report.id)
    )
    return len(closed.all())
