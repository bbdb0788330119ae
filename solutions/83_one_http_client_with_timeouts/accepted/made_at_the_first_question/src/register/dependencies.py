from typing import Annotated

from fastapi import Depends, Request

from src.register.service import Register


async def get_register(request: Request) -> Register:
    state = request.app.state
    state.register = state.register or Register(state.settings)
    register: Register = state.register
    return register


RegisterDep = Annotated[Register, Depends(get_register)]
