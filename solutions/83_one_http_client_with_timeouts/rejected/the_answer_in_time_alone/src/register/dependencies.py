from typing import Annotated

from fastapi import Depends, Request

from src.register.service import Register


async def get_register(request: Request) -> Register:
    register: Register = request.state.register
    return register


RegisterDep = Annotated[Register, Depends(get_register)]
