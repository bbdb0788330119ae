"""Every row of the table of plain words, proven by the real error on the pinned versions."""

# ruff: noqa: D103 - a provocation is named by what it does

from __future__ import annotations

import asyncio
import warnings
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import httpx
import pytest
from beanie import Document
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Request
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel, ConfigDict, Field
from redis.asyncio import Redis
from sqlalchemy import DateTime, ForeignKey, Index, select, text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, raiseload, relationship
from sqlalchemy.pool import NullPool

from docfliq_katas.plain_rows import ROWS
from docfliq_katas.plain_words import explain
from docfliq_katas.services import postgres as postgres_service
from docfliq_katas.services import valkey as valkey_service

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from sqlalchemy.ext.asyncio import AsyncEngine

    Provoke = Callable[["Stores"], Awaitable[object]]


class Base(DeclarativeBase):
    """The tables of these tests."""


class Author(Base):
    """Somebody who writes."""

    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    posts: Mapped[list[Post]] = relationship(order_by="Post.id")


class Post(Base):
    """What somebody wrote."""

    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
    created_at: Mapped[datetime] = mapped_column(DateTime, default=datetime(2026, 3, 2))  # noqa: DTZ001 - naive, on purpose


class Card(BaseModel):
    """What a list shows."""

    title: str


class Shelf(BaseModel):
    """An author with what is theirs."""

    model_config = ConfigDict(from_attributes=True)
    posts: list[object]


class Note(Document):
    """A document that nobody registers."""

    text: str


class Stores:
    """A database with one author and one post, and a Valkey."""

    def __init__(self, engine: AsyncEngine, url: str, valkey: Redis) -> None:
        self.engine = engine
        self.url = url
        self.valkey = valkey
        self.sessions = async_sessionmaker(engine)


@pytest.fixture
async def stores() -> AsyncIterator[Stores]:
    """Give both, and close them."""
    async with postgres_service.fresh_database() as url, valkey_service.fresh_database() as address:
        engine = create_async_engine(url, poolclass=NullPool)
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            await connection.execute(text("INSERT INTO authors (name) VALUES ('Asha')"))
            await connection.execute(text("INSERT INTO posts (author_id, created_at) VALUES (1, now())"))
        async with Redis.from_url(address) as valkey:
            yield Stores(engine, url, valkey)
        await engine.dispose()


async def _both(*calls: Awaitable[object]) -> object:
    """Wait for both, so that neither holds a connection any more, then raise what one of them raised."""
    for outcome in await asyncio.gather(*calls, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
    return None


async def lazy_load(stores: Stores) -> object:
    async with stores.sessions() as session:
        author = (await session.scalars(select(Author))).one()
        return author.posts


async def after_the_session(stores: Stores) -> object:
    async with stores.sessions() as session:
        author = (await session.scalars(select(Author))).one()
    return author.posts


async def after_a_failed_flush(stores: Stores) -> object:
    async with stores.sessions() as session:
        session.add(Author(name="Asha"))
        with suppress(Exception):
            await session.flush()
        return await session.scalar(text("SELECT 1"))


async def two_commits_at_once(stores: Stores) -> object:
    async with stores.sessions() as session:
        await session.scalar(text("SELECT 1"))
        return await _both(session.commit(), session.commit())


async def two_flushes_at_once(stores: Stores) -> object:
    async with stores.sessions() as session:
        session.add(Author(name="Rohan"))
        return await _both(session.flush(), session.flush())


async def joined_without_unique(stores: Stores) -> object:
    async with stores.sessions() as session:
        return (await session.scalars(select(Author).options(joinedload(Author.posts)))).all()


async def raising_relationship(stores: Stores) -> object:
    async with stores.sessions() as session:
        author = (await session.scalars(select(Author).options(raiseload(Author.posts)))).one()
        return author.posts


async def full_pool(stores: Stores) -> None:
    engine = create_async_engine(stores.url, pool_size=1, max_overflow=0, pool_timeout=0.01)
    try:
        async with engine.connect():
            await engine.connect()
    finally:
        await engine.dispose()


async def one_connection_for_two(stores: Stores) -> object:
    async with stores.engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        return await _both(raw.fetch("SELECT pg_sleep(0.05)"), raw.fetch("SELECT 1"))


async def another_loop(stores: Stores) -> object:
    engine = create_async_engine(stores.url)

    async def ask() -> object:
        async with engine.connect() as connection:
            return await connection.scalar(text("SELECT 1"))

    def on_two_loops() -> object:
        # Neither runs while the other does: two threads on one socket would be a race.
        with asyncio.Runner() as first, asyncio.Runner() as second:
            first.run(ask())
            try:
                return second.run(ask())
            finally:
                first.run(engine.dispose())

    return await asyncio.to_thread(on_two_loops)


async def a_queue_of_another_loop(stores: Stores) -> object:
    queue: asyncio.Queue[int] = asyncio.Queue()
    with suppress(TimeoutError):
        await asyncio.wait_for(queue.get(), 0.01)
    return await asyncio.to_thread(asyncio.run, queue.get())


async def closed_loop(stores: Stores) -> object:
    loop = asyncio.new_event_loop()
    loop.close()
    return loop.call_soon(print)


async def closed_client(stores: Stores) -> object:
    client = httpx.AsyncClient()
    await client.aclose()
    return await client.get("http://127.0.0.1/")


async def missing_table(stores: Stores) -> object:
    async with stores.sessions() as session:
        return await session.execute(text("SELECT * FROM channels"))


async def aware_into_naive(stores: Stores) -> None:
    async with stores.sessions() as session:
        session.add(Post(author_id=1, created_at=datetime.now(UTC)))
        await session.flush()


async def a_dict_into_valkey(stores: Stores) -> object:
    return await stores.valkey.set("user:1", {"name": "Asha"})  # type: ignore[arg-type]


async def a_list_read_as_text(stores: Stores) -> object:
    await stores.valkey.rpush("user:1", "Asha")
    return await stores.valkey.get("user:1")


async def an_unknown_document(stores: Stores) -> object:
    return Note(text="fever")


async def an_answer_that_does_not_fit(stores: Stores) -> object:
    app = FastAPI()

    @app.get("/", response_model=Card)
    async def card() -> dict[str, str]:
        return {"name": "Asha"}

    return await _get(app)


async def an_answer_that_was_not_loaded(stores: Stores) -> object:
    app = FastAPI()

    async with stores.sessions() as session:

        @app.get("/", response_model=Shelf)
        async def shelf() -> object:
            return await session.scalar(select(Author))

        return await _get(app)


async def an_answer_that_forbids_loading(stores: Stores) -> object:
    app = FastAPI()

    async with stores.sessions() as session:

        @app.get("/", response_model=Shelf)
        async def shelf() -> object:
            return await session.scalar(select(Author).options(raiseload(Author.posts)))

        return await _get(app)


async def two_of_one_name(stores: Stores) -> object:
    async with stores.sessions() as session:
        session.add(Author(id=7, name="Meera Nair"))
        await session.flush()
        session.add(Author(id=8, name="Meera Nair"))
        return await session.scalar(select(Author))


async def a_refusal_behind_the_answer(stores: Stores) -> object:
    app = FastAPI()

    def refuse() -> None:
        raise HTTPException(409)

    @app.get("/")
    async def like(tasks: BackgroundTasks) -> str:
        tasks.add_task(refuse)
        return "liked"

    return await _get(app)


async def an_await_too_many(stores: Stores) -> object:
    def fee() -> int:
        return 500

    return await fee()  # type: ignore[misc]


async def a_bare_middleware(stores: Stores) -> object:
    return await _get(FastAPI(middleware=[CORSMiddleware]))  # type: ignore[list-item]


async def regex(stores: Stores) -> object:
    class Slug(BaseModel):
        slug: str = Field(regex="^[a-z]+$")  # type: ignore[call-overload]

    return Slug


async def a_field_without_a_type(stores: Stores) -> object:
    return type("Card", (BaseModel,), {"title": "ECG"})


async def a_name_of_version_1(stores: Stores) -> object:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return Card(title="ECG").dict()


async def settings_of_version_1(stores: Stores) -> object:
    import pydantic

    return pydantic.BaseSettings


async def an_option_by_name(stores: Stores) -> object:
    return select(Author).options(joinedload("posts"))  # type: ignore[arg-type]


async def an_index_on_a_relationship(stores: Stores) -> object:
    class Comment(DeclarativeBase):
        pass

    return type(
        "Row",
        (Comment,),
        {
            "__tablename__": "comments",
            "__table_args__": (Index("ix_comments_post", "post"),),
            "__annotations__": {"id": Mapped[int]},
            "id": mapped_column(primary_key=True),
        },
    )


async def a_function_without_depends(stores: Stores) -> object:
    def own_post() -> Post:
        return Post()

    app = FastAPI()

    async def read(post: Annotated[Post, own_post]) -> None: ...

    read.__annotations__ = {"post": Annotated[Post, own_post], "return": None}
    return app.get("/")(read)


async def a_table_as_an_answer(stores: Stores) -> object:
    return FastAPI().get("/", response_model=Post)(list)


async def scopes_that_do_not_fit(stores: Stores) -> object:
    async def session() -> AsyncIterator[int]:
        yield 1

    async def user(number: int = Depends(session, scope="function")) -> AsyncIterator[int]:
        yield number

    app = FastAPI()

    @app.get("/")
    async def card(number: int = Depends(user, scope="request")) -> int:  # noqa: FAST002 - a local name
        return number

    return app


async def no_lifespan(stores: Stores) -> object:
    app = FastAPI()

    @app.get("/")
    async def card(request: Request) -> str:
        return str(request.state.sessions)

    return await _get(app)


async def nobody_listens(stores: Stores) -> object:
    return await asyncio.open_connection("127.0.0.1", 1)


PROVOKED: dict[str, Provoke] = {
    "MissingGreenlet": lazy_load,
    "DetachedInstanceError": after_the_session,
    "PendingRollbackError": after_a_failed_flush,
    "IllegalStateChangeError": two_commits_at_once,
    "InvalidRequestError already flushing": two_flushes_at_once,
    "InvalidRequestError The unique() method must be invoked": joined_without_unique,
    "InvalidRequestError lazy='raise'": raising_relationship,
    "IntegrityError Query-invoked autoflush": two_of_one_name,
    "TimeoutError QueuePool limit": full_pool,
    "InterfaceError another operation is in progress": one_connection_for_two,
    "RuntimeError attached to a different loop": another_loop,
    "RuntimeError is bound to a different event loop": a_queue_of_another_loop,
    "RuntimeError Event loop is closed": closed_loop,
    "RuntimeError the client has been closed": closed_client,
    "RuntimeError response already started": a_refusal_behind_the_answer,
    "TypeError can't be used in 'await' expression": an_await_too_many,
    "TypeError cannot unpack non-iterable": a_bare_middleware,
    "UndefinedTableError does not exist": missing_table,
    "DataError can't subtract offset-naive and offset-aware datetimes": aware_into_naive,
    "DataError Invalid input of type": a_dict_into_valkey,
    "ResponseError WRONGTYPE": a_list_read_as_text,
    "CollectionWasNotInitialized": an_unknown_document,
    "ResponseValidationError MissingGreenlet": an_answer_that_was_not_loaded,
    "ResponseValidationError lazy='raise'": an_answer_that_forbids_loading,
    "ResponseValidationError": an_answer_that_does_not_fit,
    "PydanticUserError `regex` is removed": regex,
    "PydanticUserError non-annotated attribute": a_field_without_a_type,
    "PydanticDeprecatedSince20": a_name_of_version_1,
    "PydanticImportError BaseSettings": settings_of_version_1,
    "ArgumentError Strings are not accepted for attribute names in loader options": an_option_by_name,
    "ConstraintColumnNotFoundError": an_index_on_a_relationship,
    "FastAPIError , <function": a_function_without_depends,
    "FastAPIError Invalid args for response field": a_table_as_an_answer,
    "DependencyScopeError": scopes_that_do_not_fit,
    "AttributeError 'State' object has no attribute": no_lifespan,
    "ConnectionRefusedError": nobody_listens,
}


def _names() -> Iterator[str]:
    return (f"{row.kind} {row.fragment}".strip() for row in ROWS)


def test_every_row_is_provoked() -> None:
    """A row that no test provokes may be a guess: there is none."""
    assert list(_names()) == list(PROVOKED)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", PROVOKED)
async def test_the_real_error_gets_its_words(name: str, stores: Stores) -> None:
    """What the pinned versions raise is told in the words of its own row, with the line of the rulebook."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is the question
        await PROVOKED[name](stores)
    row = ROWS[list(_names()).index(name)]
    assert explain(caught.value) == f"{row.words} (rulebook {', '.join(row.guidelines)})"


@pytest.mark.parametrize(
    "error", [ValueError("wrong"), RuntimeError("no luck"), TimeoutError(), KeyError("state"), AssertionError("1 == 2")]
)
def test_an_unknown_error_is_left_alone(error: Exception) -> None:
    """Where no row fits, nothing is said."""
    assert explain(error) == ""


def test_a_message_that_may_mean_two_things_is_told_by_its_place() -> None:
    """The words of a row that names a function are not given to the same message from somewhere else."""
    with pytest.raises(TypeError, match="cannot unpack non-iterable") as caught:
        _, _ = int  # type: ignore[misc]
    assert explain(caught.value) == ""


def test_the_cause_is_looked_at_too() -> None:
    """An error that was raised from another, or in a group, is explained by what is inside."""
    error = ValueError("no feed")
    error.__cause__ = ConnectionRefusedError("refused")
    group = ExceptionGroup("both", [error])
    assert explain(group).startswith("nobody listens")


async def _get(app: FastAPI) -> object:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.get("/")
