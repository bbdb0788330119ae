from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import MissingGreenlet
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from docfliq_katas.probes.sql import SqlProbe, Statement, Statements
from docfliq_katas.probes.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from types import ModuleType

    from sqlalchemy.ext.asyncio import AsyncEngine

    SliceOf = Callable[..., ModuleType]

WANTS = "the same number of statements for any number of posts"
SLICE = """
    from uuid import UUID

    from sqlalchemy import ForeignKey, func, select
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload


    class Base(DeclarativeBase):
        pass


    class Channel(Base):
        __tablename__ = "channels"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]


    class Post(Base):
        __tablename__ = "posts"
        id: Mapped[int] = mapped_column(primary_key=True)
        channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
        author: Mapped[UUID]
        channel: Mapped[Channel] = relationship()


    async def channel_of(session, post):
        statement = select(Channel).where(Channel.id == post.channel_id)
        return (await session.scalars(statement)).one()


    async def one_by_one(session):
        posts = (await session.scalars(select(Post).order_by(Post.id))).all()
        return [(await channel_of(session, post)).name for post in posts]


    async def together(session):
        statement = select(Post).options(selectinload(Post.channel))
        return [post.channel.name for post in (await session.scalars(statement)).all()]


    async def lazily(session):
        posts = (await session.scalars(select(Post))).all()
        return [post.channel.name for post in posts]


    async def by_author(session, author):
        return (await session.scalars(select(Post).where(Post.author == author).limit(5))).all()


    async def publish(session, count):
        session.add_all([Post(id=n, channel_id=1, author=UUID(int=n)) for n in range(1000, 1000 + count)])
        await session.commit()


    def counted(session):
        return session.scalar(select(func.count()).select_from(Post))
"""


@pytest.fixture
async def engine(postgres_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on an empty database."""
    engine = create_async_engine(postgres_url)
    yield engine
    await engine.dispose()


async def fill(engine: AsyncEngine, service: ModuleType, posts: int) -> None:
    """Make the tables anew, with so many posts in as many channels."""
    async with engine.begin() as connection:
        await connection.run_sync(service.Base.metadata.drop_all)
        await connection.run_sync(service.Base.metadata.create_all)
        series = f"from generate_series(1, {posts}) as n"
        await connection.execute(text(f"insert into channels select n, 'channel ' || n {series}"))
        await connection.execute(text(f"insert into posts select n, n, gen_random_uuid() {series}"))


async def record(engine: AsyncEngine, function: Callable[..., Any], *arguments: object) -> Statements:
    """Return what one call of a service sends, on a connection that is warm, in a session of its own."""
    async with engine.connect() as connection:
        await connection.execute(text("select 1"))
    with SqlProbe().record() as statements:
        async with AsyncSession(engine) as session:
            await function(session, *arguments)
    return statements


async def test_statements_that_grow_with_the_rows_are_refused(engine: AsyncEngine, slice_of: SliceOf) -> None:
    """The totals come first, then the statement that grew, with its line of the slice."""
    service = slice_of(SLICE)
    await fill(engine, service, 3)
    few = await record(engine, service.one_by_one)
    await fill(engine, service, 30)
    many = await record(engine, service.one_by_one)
    with pytest.raises(Verdict) as caught:
        SqlProbe().assert_same_count(few, many, sizes=(3, 30), noun="posts", wants=WANTS)
    totals, grown = caught.value.saw.splitlines()
    assert totals == "31 statements for 30 posts, 4 for 3 posts"
    assert grown == ("27 more from src/posts/service.py:27: SELECT channels.id, … FROM channels WHERE channels.id = ?")
    assert caught.value.look_at == "src/posts/service.py:27 (channel_of)"


async def test_a_fixed_number_of_statements_passes(engine: AsyncEngine, slice_of: SliceOf) -> None:
    """An IN list of another length is the same shape, and the same count."""
    service = slice_of(SLICE)
    await fill(engine, service, 3)
    few = await record(engine, service.together)
    await fill(engine, service, 30)
    many = await record(engine, service.together)
    SqlProbe().assert_same_count(few, many, sizes=(3, 30), noun="posts", wants=WANTS)
    assert (few.count, many.count) == (2, 2)
    assert few.shapes() == many.shapes()
    assert [statement.rows for statement in many] == [30, 30]
    assert many.rows == 60


async def test_a_refused_lazy_load_is_no_statement(engine: AsyncEngine, slice_of: SliceOf) -> None:
    """A load that failed in this process never reached the server."""
    service = slice_of(SLICE)
    await fill(engine, service, 3)
    with SqlProbe().record() as statements:
        async with AsyncSession(engine) as session:
            with pytest.raises(MissingGreenlet):
                await service.lazily(session)
    assert [statement.shape[:12] for statement in statements] == ["SELECT posts"]


def test_no_statement_at_all_is_refused() -> None:
    """An answer that did not come from the database proves nothing about statements."""
    some = Statements([Statement("select 1", executemany=False, rows=1, parameters=(), where=None)])
    with pytest.raises(Verdict, match="no statement at all for 30 posts"):
        SqlProbe().assert_same_count(some, Statements(), sizes=(3, 30), noun="posts", wants=WANTS)
    with pytest.raises(Verdict, match="no statement at all for 3 posts"):
        SqlProbe().assert_same_count(Statements(), some, sizes=(3, 30), noun="posts", wants=WANTS)


@pytest.mark.parametrize("count", [10, 100])
async def test_many_rows_in_one_statement_count_once(engine: AsyncEngine, slice_of: SliceOf, count: int) -> None:
    """A bulk insert is one statement and one commit, however many rows it has."""
    service = slice_of(SLICE)
    await fill(engine, service, 3)
    statements = await record(engine, service.publish, count)
    assert (statements.count, statements.commits) == (1, 1)
    assert statements[0].rows == count or statements[0].executemany


async def test_an_executemany_is_known_as_one(engine: AsyncEngine) -> None:
    """One statement with many sets of parameters counts once, and keeps them all."""
    with SqlProbe().record() as statements:
        async with engine.begin() as connection:
            await connection.execute(text("create table t (n int)"))
            await connection.execute(text("insert into t values (:n)"), [{"n": n} for n in range(50)])
    insert = statements[-1]
    assert (insert.executemany, len(insert.parameters), statements.commits) == (True, 50, 1)


async def test_engines_and_connections_made_before_are_heard(engine: AsyncEngine) -> None:
    """A connection that was open when the recording began is recorded as well."""
    async with engine.connect() as connection:
        await connection.execute(text("select 1"))
        with SqlProbe().record() as statements:
            await connection.execute(text("select 2"))
            await connection.rollback()
    assert [statement.text for statement in statements] == ["select 2"]
    assert (statements.commits, statements.rollbacks) == (0, 1)


async def test_a_plan_names_scans_and_indexes(engine: AsyncEngine, postgres_url: str, slice_of: SliceOf) -> None:
    """The slice's own statement, with its own parameters: a scan without an index, an index with one."""
    service = slice_of(SLICE)
    await fill(engine, service, 20_000)
    async with engine.connect() as connection:
        author = await connection.scalar(text("select author from posts where id = 7"))
        await connection.execute(text("analyze posts"))
        await connection.commit()
    (statement,) = await record(engine, service.by_author, author)
    scan = await SqlProbe().plan(statement, postgres_url)
    assert (scan.seq_scans(), scan.indexes, scan.max_rows) == ({"posts"}, set(), 20_000)
    async with engine.begin() as connection:
        await connection.execute(text("create index posts_by_author on posts (author)"))
    indexed = await SqlProbe().plan(statement, postgres_url)
    assert (indexed.seq_scans(), indexed.indexes, indexed.max_rows) == (set(), {"posts_by_author"}, 1)
    assert "posts_by_author" in str(indexed)


async def test_the_plan_of_a_write_changes_nothing(engine: AsyncEngine, postgres_url: str) -> None:
    """A DELETE is run to be measured, and taken back."""
    async with engine.begin() as connection:
        await connection.execute(text("create table t as select n from generate_series(1, 5) as n"))
    with SqlProbe().record() as statements:
        async with engine.begin() as connection:
            await connection.execute(text("delete from t where n > :n"), {"n": 3})
    await SqlProbe().plan(statements[0], postgres_url)
    async with engine.connect() as connection:
        assert await connection.scalar(text("select count(*) from t")) == 3


async def test_nothing_is_heard_after_the_block(engine: AsyncEngine) -> None:
    """The listeners are gone with the block, also when it failed."""
    recordings: list[Statements] = []

    def fails_while_recorded() -> None:
        with SqlProbe().record() as statements:
            recordings.append(statements)
            raise ValueError("as itself")

    with pytest.raises(ValueError, match="as itself"):
        fails_while_recorded()
    with SqlProbe().record() as statements:
        recordings.append(statements)
    async with engine.begin() as connection:
        await connection.execute(text("select 1"))
    assert [(heard.count, heard.commits) for heard in recordings] == [(0, 0), (0, 0)]


def test_the_shape_leaves_out_what_differs() -> None:
    """Bound values, lengths of IN lists and numbers of rows make no new shape."""

    def shape(sql: str) -> str:
        return Statement(sql, executemany=False, rows=None, parameters=(), where=None).shape

    assert shape("select  a\nfrom t where b = $1::VARCHAR") == "select a from t where b = ?"
    assert shape("where $1::UUID = b and c < $2::TIMESTAMP WITH TIME ZONE or d") == "where ? = b and c < ? or d"
    assert shape("… IN ($1::UUID, $2::UUID)") == shape("… IN ($1::UUID, $2::UUID, $3::UUID)")
    assert shape("VALUES ($1, $2), ($3, $4)") == shape("VALUES ($1, $2), ($3, $4), ($5, $6)")
    assert shape("where a = 1") != shape("where a = 2")
