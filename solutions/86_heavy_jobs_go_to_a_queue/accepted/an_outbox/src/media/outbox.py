import asyncio
from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from taskiq import AsyncBroker, SendTaskError

from src.media.models import OutboxJob
from src.media.tasks import make_renditions

_PAUSE = 0.2
_BATCH = 100


async def pass_on(sessions: async_sessionmaker[AsyncSession], broker: AsyncBroker) -> None:
    while True:
        with suppress(SendTaskError):  # the jobs stay in the table
            async with sessions.begin() as session:
                jobs = await session.scalars(
                    select(OutboxJob)
                    .order_by(OutboxJob.id)
                    .limit(_BATCH)
                    .with_for_update(skip_locked=True)
                )
                for job in jobs.all():
                    await make_renditions.kicker().with_broker(broker).kiq(job.media_id)
                    await session.delete(job)
        await asyncio.sleep(_PAUSE)
