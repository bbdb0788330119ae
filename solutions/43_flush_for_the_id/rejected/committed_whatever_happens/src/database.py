from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    session: AsyncSession
    async with request.state.sessions() as session:
        try:
            yield session
        finally:
            await session.commit()


Session = Annotated[AsyncSession, Depends(get_session, scope="function")]
