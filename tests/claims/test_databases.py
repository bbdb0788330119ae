"""Claims about SQLAlchemy and Beanie: L167, L182, L190, L205, L209."""

from __future__ import annotations

import asyncio
from datetime import datetime  # noqa: TC003 - SQLAlchemy reads it from the annotation
from typing import TYPE_CHECKING

import pytest
from beanie import Document
from sqlalchemy import DateTime, func, select, text
from sqlalchemy.exc import DBAPIError, MissingGreenlet
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from docfliq_katas.services import postgres

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


_BACKENDS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
"""


class Base(DeclarativeBase):
    """The tables of these tests."""


class Post(Base):
    """A post whose time of change the database writes."""

    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    changed: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now(), onupdate=func.now())


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """Give a database with one post."""
    async with postgres.fresh_database() as url:
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            await connection.execute(text("INSERT INTO posts (id, title) VALUES (1, 'Wide QRS')"))
        await engine.dispose()
        yield url


async def test_expire_on_commit_off_does_not_spare_every_lazy_load(url: str) -> None:
    """A column that the database writes on UPDATE is not known after the commit, and reading it fails."""
    engine = create_async_engine(url)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        post = await session.get_one(Post, 1)
        post.title = "Narrow QRS"
        await session.commit()
        assert post.title == "Narrow QRS"
        with pytest.raises(MissingGreenlet):
            _ = post.changed
    await engine.dispose()


async def test_more_requests_than_connections_wait_and_are_served(url: str) -> None:
    """A pool need not be as large as the number of requests: fifty take turns on five connections."""
    engine = create_async_engine(url, pool_size=5, max_overflow=0)
    sessions = async_sessionmaker(engine)

    async def read() -> int:
        async with sessions() as session:
            return (await session.scalars(select(Post.id))).one()

    assert await asyncio.gather(*(read() for _ in range(50))) == [1] * 50
    async with engine.connect() as connection:
        backends = await connection.scalar(text(_BACKENDS))
    assert backends <= 5
    await engine.dispose()


@pytest.mark.parametrize("hidden", [False, True])
async def test_a_failed_statement_tells_its_values_unless_they_are_hidden(url: str, *, hidden: bool) -> None:
    """Logging statements only in development is not enough: exceptions carry the values too, until they are hidden."""
    engine = create_async_engine(url, hide_parameters=hidden)
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError) as caught:
            await connection.execute(text("INSERT INTO posts (id, title) VALUES (1, :title)"), {"title": "hunter2"})
    assert ("hunter2" in str(caught.value.with_traceback(None))) is not hidden
    await engine.dispose()


def test_there_is_no_motor_collection_any_more() -> None:
    """Beanie 2 stands on PyMongo's own async client; its collection has another name."""

    class Note(Document):
        text: str

    assert not hasattr(Note, "get_motor_collection")
    assert hasattr(Note, "get_pymongo_collection")
