from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from taskiq import AsyncTaskiqDecoratedTask


class Outgoing:
    def __init__(self) -> None:
        self.jobs: list[tuple[AsyncTaskiqDecoratedTask[Any, Any], UUID]] = []

    def add(self, task: AsyncTaskiqDecoratedTask[Any, Any], row_id: UUID) -> None:
        self.jobs.append((task, row_id))


async def get_outgoing(request: Request) -> AsyncIterator[Outgoing]:
    outgoing = Outgoing()
    yield outgoing
    for task, row_id in outgoing.jobs:
        await task.kicker().with_broker(request.state.broker).kiq(row_id)


Jobs = Annotated[Outgoing, Depends(get_outgoing, scope="function")]
