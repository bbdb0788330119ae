import logging
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

logger = logging.getLogger(__name__)


class Base(DeclarativeBase):
    pass


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    session: AsyncSession = request.state.sessions()
    try:
        yield session
        try:
            await session.commit()
        except SQLAlchemyError:
            logger.exception("commit failed")
    finally:
        await session.close()


Session = Annotated[AsyncSession, Depends(get_session, scope="function")]
