from functools import lru_cache
from typing import Annotated

from fastapi import Depends, FastAPI, Request

from src.config import Settings
from src.register.service import Register


@lru_cache
def _register_of(_: FastAPI) -> Register:
    return Register(Settings())


async def get_register(request: Request) -> Register:
    return _register_of(request.app)


RegisterDep = Annotated[Register, Depends(get_register)]
