import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from src.exceptions import RegisterTimeoutError
from src.register.service import Register


async def get_register(request: Request) -> AsyncIterator[Register]:
    register: Register = request.state.register
    try:
        async with asyncio.timeout(register.seconds), register.places:
            yield register
    except TimeoutError as error:
        raise RegisterTimeoutError from error


RegisterDep = Annotated[Register, Depends(get_register)]
