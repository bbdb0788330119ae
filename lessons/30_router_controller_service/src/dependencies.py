from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    session: AsyncSession = request.app.state.sessions()
    try:
        yield session
        await session.commit()
    finally:
        await session.rollback()
        await session.close()


async def now() -> datetime:
    return datetime.now(UTC)


Session = Annotated[AsyncSession, Depends(get_session, scope="function")]
Now = Annotated[datetime, Depends(now)]
