"""How PostgreSQL runs one statement: the nodes of its plan, with what they really did."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a plan.

    Attributes:
        kind: PostgreSQL's name: `Seq Scan`, `Index Scan`, `Index Only Scan`, `Bitmap Index Scan`, `Sort`, `Limit`, …
        table: the table that it reads, or empty.
        index: the index that it uses, or empty.
        rows: how many rows came out of it, over all loops.
        removed: how many rows it read and threw away by its filter, over all loops.
        loops: how often it ran.
    """

    kind: str
    table: str
    index: str
    rows: int
    removed: int
    loops: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one statement after it has run; its nodes from the top down.

    Attributes:
        nodes: every node, subplans included.
        pages: how many pages of 8 KiB, of tables and indexes, the statement has touched; one may count several times.
    """

    nodes: tuple[Node, ...]
    pages: int

    @property
    def kinds(self) -> set[str]:
        """The kinds of all nodes."""
        return {node.kind for node in self.nodes}

    @property
    def indexes(self) -> set[str]:
        """The names of the indexes that were used."""
        return {node.index for node in self.nodes if node.index}

    @property
    def max_rows(self) -> int:
        """The largest number of rows that any node read: those that came out plus those that its filter removed."""
        return max(node.rows + node.removed for node in self.nodes)

    def seq_scans(self) -> set[str]:
        """Return the tables that were read from end to end."""
        return {node.table for node in self.nodes if node.kind == "Seq Scan"}

    def __str__(self) -> str:
        return "\n".join(
            f"{node.kind} on {node.index or node.table}: {node.rows} rows, {node.removed} read in vain"
            if node.table or node.index
            else f"{node.kind}: {node.rows} rows"
            for node in self.nodes
        )


async def explain(url: str, text: str, parameters: Any) -> Plan:  # noqa: ANN401 - whatever was bound
    """Run `text` under EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) in a transaction that is rolled back."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            answer = await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {text}", parameters)
            tree = answer.scalar_one()
            await connection.rollback()
    finally:
        await engine.dispose()
    tree = json.loads(tree) if isinstance(tree, str) else tree
    top = tree[0]["Plan"]
    return Plan(tuple(_nodes(top)), top["Shared Hit Blocks"] + top["Shared Read Blocks"])


def _nodes(node: dict[str, Any]) -> Iterator[Node]:
    loops = int(node["Actual Loops"])
    yield Node(
        kind=node["Node Type"],
        table=node.get("Relation Name", ""),
        index=node.get("Index Name", ""),
        rows=round(node["Actual Rows"] * loops),  # a float since PostgreSQL 18: an average over the loops
        removed=round(node.get("Rows Removed by Filter", 0) * loops),
        loops=loops,
    )
    for child in node.get("Plans", ()):
        yield from _nodes(child)
