from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    state = request.app.state
    if state.sessions is None:
        engine = create_async_engine(state.settings.database_url, pool_pre_ping=True)
        state.opened.push_async_callback(engine.dispose)
        state.sessions = async_sessionmaker(engine, expire_on_commit=False)
    async with state.sessions() as session:
        yield session
        await session.commit()


Session = Annotated[AsyncSession, Depends(get_session, scope="function")]
