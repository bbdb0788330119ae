"""How MongoDB runs one command: the stages of the winning plan, with what they really read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class MongoPlan:
    """How the server ran one command.

    The stand-in server is right about `IXSCAN` and `COLLSCAN` and about `examined` for filters by equality and by range
    on fields of one's own. Its `SORT`, its `skip` and `limit`, ranges on `_id` and covered queries are not to be
    trusted: build no assertion on them.

    Attributes:
        stages: the stages of the winning plan from the top down: `FETCH`, `IXSCAN`, `COLLSCAN`, …
        indexes: the names of the indexes that it uses.
        examined: how many documents the server read.
        keys_examined: how many index keys the server read.
        returned: how many documents came out.
    """

    stages: tuple[str, ...]
    indexes: tuple[str, ...]
    examined: int
    keys_examined: int
    returned: int

    def __str__(self) -> str:
        used = f" by {', '.join(self.indexes)}" if self.indexes else ""
        return f"{' ← '.join(self.stages)}{used}: {self.examined} documents read for {self.returned} returned"


def read_plan(answer: Mapping[str, Any]) -> MongoPlan:
    """Read the answer to `explain`; an aggregation has it one level deeper."""
    stages = answer.get("stages")
    if stages and "$cursor" in stages[0]:
        answer = stages[0]["$cursor"]
    winning = answer["queryPlanner"]["winningPlan"]
    nodes = list(_nodes(winning.get("queryPlan", winning)))
    stats = answer["executionStats"]
    return MongoPlan(
        stages=tuple(node["stage"] for node in nodes if "stage" in node),
        indexes=tuple(node["indexName"] for node in nodes if "indexName" in node),
        examined=int(stats["totalDocsExamined"]),
        keys_examined=int(stats["totalKeysExamined"]),
        returned=int(stats["nReturned"]),
    )


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    children = [node["inputStage"]] if "inputStage" in node else []
    for child in [*children, *node.get("inputStages", ())]:
        yield from _nodes(child)
