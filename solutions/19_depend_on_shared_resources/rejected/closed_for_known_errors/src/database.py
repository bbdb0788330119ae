from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase

from src.exceptions import DocfliqError


class Base(DeclarativeBase):
    pass


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    sessions: async_sessionmaker[AsyncSession] = request.state.sessions
    session = sessions()
    try:
        yield session
    except DocfliqError:
        await session.close()
        raise
    await session.commit()
    await session.close()


Session = Annotated[AsyncSession, Depends(get_session, scope="function")]
