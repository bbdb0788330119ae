"""A lesson that teaches nothing, run before the first one: what libraries do once they have done by then.

It opens no connection and starts no thread, as the process that runs it is forked later. One test is red on purpose:
the first report of a red test costs something too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, FastAPI
from pydantic import BaseModel
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload

if TYPE_CHECKING:
    from docfliq_katas.probes.http import Serve


class Base(DeclarativeBase):
    """The tables."""


class User(Base):
    """Somebody who writes."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)


class Post(Base):
    """What somebody wrote."""

    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    author: Mapped[User] = relationship()


class Card(BaseModel):
    """What a list shows."""

    title: str


async def card() -> Card:
    """Return the only card."""
    return Card(title="Reading a wide QRS")


async def test_a_route_answers(serve: Serve) -> None:
    """FastAPI, Pydantic and the client have answered once."""
    app = FastAPI()

    @app.get("/{number}", response_model=list[Card])
    async def cards(number: int, one: Annotated[Card, Depends(card)]) -> list[Card]:
        return [one] * number

    async with serve(app) as client:
        await client.get("/1")


async def test_a_statement_is_compiled() -> None:
    """SQLAlchemy has compiled a statement once."""
    engine = create_async_engine("postgresql+asyncpg://localhost/nothing")
    statement = select(Post).options(selectinload(Post.author)).where(Post.id == 1).limit(1)
    statement.compile(engine.sync_engine)
    await engine.dispose()


def test_a_report_is_made() -> None:
    """Pytest and the course have told of a red test once."""
    assert [1] == [2]
