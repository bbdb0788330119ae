from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    engine: AsyncEngine = request.state.engine
    async with AsyncSession(engine, expire_on_commit=False) as session:
        yield session
        await session.commit()
    await engine.dispose()


Session = Annotated[AsyncSession, Depends(get_session, scope="function")]
