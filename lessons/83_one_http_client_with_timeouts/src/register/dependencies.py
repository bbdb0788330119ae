from typing import Annotated

from fastapi import Depends, Request

from src.register.service import Register


async def get_register(request: Request) -> Register:
    return Register(request.state.settings)


RegisterDep = Annotated[Register, Depends(get_register)]
