from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from src.reports.models import Report


async def open_reports(session: AsyncSession, post_id: UUID) -> list[Report]:
    reports = await session.scalars(
        select(Report).where(Report.post_id == post_id, Report.status == "open").order_by(Report.id)
    )
    return list(reports)


async def close(session: AsyncSession, report: Report, status: str) -> Report:
    report.status = status
    await session.flush()
    return report
