from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import Depends, Request

from src.register.service import Register


async def get_register(request: Request) -> AsyncIterator[Register]:
    async with aclosing(Register(request.state.settings)) as register:
        yield register


RegisterDep = Annotated[Register, Depends(get_register)]
