"""Which statements reached PostgreSQL, from which line of the slice, and how the server runs them."""

from __future__ import annotations

import re
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from docfliq_katas.probes import requests
from docfliq_katas.probes.frames import slice_frame
from docfliq_katas.probes.plans import Plan, explain
from docfliq_katas.probes.recording import Recording, Timed
from docfliq_katas.probes.verdict import refuse, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docfliq_katas.probes.frames import Where

_TYPE = r"(?:TIME(?:STAMP)? WITH(?:OUT)? TIME ZONE|DOUBLE PRECISION|CHARACTER VARYING|\w+)(?:\([\d, ]*\))?(?:\[\])?"
_BOUND = re.compile(rf"\$\d+(?:::{_TYPE})?", re.IGNORECASE)
_COLUMNS = re.compile(r"^(SELECT [^,()]+), .+? FROM ")
_LIST = re.compile(r"\(\?(?:, \?)+\)")
_ROWS = re.compile(r"(\(\?…?\))(?:, ?\(\?…?\))+")


@dataclass(frozen=True, slots=True)
class Statement(Timed):
    """One statement that the server has run; `seconds` ends when its rows are here.

    Attributes:
        text: the SQL as it was sent, with `$1` for bound values.
        executemany: one statement sent with many sets of parameters; that is one statement, not many.
        rows: how many rows came back or were changed; None where the driver does not say.
        parameters: what was bound: one set, or a list of sets for `executemany`.
        where: the place in the slice that asked for it, or None (a test, or the library on its own).
    """

    text: str
    executemany: bool
    rows: int | None
    parameters: Any
    where: Where | None

    @property
    def shape(self) -> str:
        """The text without what differs between two runs of one query: bound values, and how many there are."""
        text = _BOUND.sub("?", " ".join(self.text.split()))
        return _ROWS.sub(r"\1…", _LIST.sub("(?…)", text))

    @property
    def brief(self) -> str:
        """The shape without the columns but the first: what is asked of which table is what a reader looks for."""
        return _brief(self.shape)


@dataclass
class Statements(Recording[Statement]):
    """What one recording saw, in order; iterate over it, index it, take its `len`.

    Never in it: BEGIN, COMMIT and ROLLBACK (counted apart), the pool's pings, what the driver asks on its own when it
    connects, and statements that failed or that never left the process, such as a refused lazy load.

    Attributes:
        count: how many statements the server has run; an `executemany` counts once.
        commits: transactions that were committed.
        rollbacks: transactions that were rolled back; a session that only read ends in one.
    """

    commits: int = 0
    rollbacks: int = 0

    @property
    def rows(self) -> int:
        """How many rows came back or were changed, over all statements."""
        return sum(statement.rows or 0 for statement in self.items)

    def shapes(self) -> Counter[tuple[str, Where | None]]:
        """Return how often each shape of statement came from each place, the most frequent first."""
        counted = Counter((statement.shape, statement.where) for statement in self.items)
        return Counter(dict(counted.most_common()))


class SqlProbe:
    """The fixture `sql_probe`: the statements that any SQLAlchemy engine of this process runs.

    Usage::

        with sql_probe.record() as few:
            serve.expect(await client.get("/posts"), 200, wants="a list of 3 posts")
        ...                                                    # 27 posts more
        with sql_probe.record() as many:
            serve.expect(await client.get("/posts"), 200, wants="a list of 30 posts")
        sql_probe.assert_same_count(few, many, sizes=(3, 30), noun="posts", wants="the same number of statements")

    Call the route once before the first recording: a new connection and a new type cost statements of their own.
    """

    @contextmanager
    def record(self) -> Iterator[Statements]:
        """Record every statement until the block ends, whichever engine, thread or task runs it."""
        statements = Statements()
        began: dict[int, float] = {}

        def executing(_: Any, cursor: Any, *__: Any) -> None:  # noqa: ANN401 - SQLAlchemy's signature
            began[id(cursor)] = time.perf_counter()

        def executed(_: Any, cursor: Any, text: str, parameters: Any, __: Any, many: bool) -> None:  # noqa: ANN401, FBT001 - SQLAlchemy's signature
            rows = getattr(cursor, "rowcount", -1)
            kept = list(parameters) if many else parameters
            now = time.perf_counter()
            then = began.pop(id(cursor), now)
            statements.items.append(
                Statement(
                    text=text,
                    executemany=many,
                    rows=rows if rows >= 0 else None,
                    parameters=kept,
                    where=slice_frame(),
                    began=then,
                    seconds=now - then,
                    request=requests.current.get(),
                )
            )

        def committed(_: Any) -> None:  # noqa: ANN401 - SQLAlchemy's signature
            statements.commits += 1

        def rolled_back(_: Any) -> None:  # noqa: ANN401 - SQLAlchemy's signature
            statements.rollbacks += 1

        listeners = (
            ("before_cursor_execute", executing),
            ("after_cursor_execute", executed),
            ("commit", committed),
            ("rollback", rolled_back),
        )
        for name, listener in listeners:
            event.listen(Engine, name, listener)
        try:
            yield statements
        finally:
            for name, listener in listeners:
                event.remove(Engine, name, listener)

    def assert_same_count(
        self, few: Statements, many: Statements, *, sizes: tuple[int, int], noun: str, wants: str
    ) -> None:
        """Demand that more rows cost no more statements.

        Args:
            few: the recording of the small run.
            many: the recording of the large run.
            sizes: how many things were listed in each run, such as `(3, 30)`.
            noun: what they are, in the plural.
            wants: what the guideline asks for.

        Raises:
            Verdict: the large run took more statements, or one of the runs took none at all. It names the totals,
                then the statements that grew, each with its line.
        """
        __tracebackhide__ = True
        if not few.count or not many.count:
            refuse(saw=f"no statement at all for {sizes[1 if few.count else 0]} {noun}", wants=wants)
        if many.count <= few.count:
            return
        grown = (many.shapes() - few.shapes()).most_common()
        saw = [f"{many.count} statements for {sizes[1]} {noun}, {few.count} for {sizes[0]} {noun}"]
        saw += [f"{times} more{_from(where)}: {_brief(shape)}" for (shape, where), times in grown[:3]]
        places = dict.fromkeys(str(where) for (_, where), _ in grown if where)
        refuse(saw="\n".join(saw), wants=wants, look_at=", ".join(list(places)[:3]) or None)

    async def plan(self, statement: Statement, url: str) -> Plan:
        """Run the statement once more under EXPLAIN (ANALYZE), with its own parameters, and take it back.

        Args:
            statement: one that was recorded; of an `executemany`, the first set of parameters is taken.
            url: the database, `postgresql+asyncpg://…`.

        Returns:
            How the server ran it. The server only reaches for an index on a table of 10 000 rows or more that has
            been through ANALYZE.
        """
        parameters = statement.parameters[0] if statement.executemany else statement.parameters
        return await explain(url, statement.text, parameters)


def _brief(shape: str) -> str:
    """Leave out the columns but the first: what is asked of which table is what a reader looks for."""
    return shorten(_COLUMNS.sub(r"\1, … FROM ", shape), 120)


def _from(where: Where | None) -> str:
    return f" from {where.file}:{where.line}" if where else ""
