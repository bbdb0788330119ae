from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    session: AsyncSession = request.state.sessions()
    try:
        yield session
        await session.commit()
    finally:
        await session.rollback()
        await session.close()


Session = Annotated[AsyncSession, Depends(get_session, scope="function")]
