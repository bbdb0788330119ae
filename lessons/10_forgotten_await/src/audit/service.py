from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.audit.models import AuditEntry


async def record(
    session: AsyncSession, actor_id: UUID, action: str, post_id: UUID, note: str
) -> None:
    session.add(AuditEntry(actor_id=actor_id, action=action, post_id=post_id, note=note))
    await session.flush()
