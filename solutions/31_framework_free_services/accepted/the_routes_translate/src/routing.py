from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute

from src.exceptions import DocfliqError


class RefusalError(HTTPException):
    def __init__(self, error: DocfliqError) -> None:
        told = {"code": error.code, "message": error.message, "details": []}
        headers = {"Retry-After": str(error.retry_after)} if error.retry_after else None
        super().__init__(error.status, told, headers)


class TranslatingRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def translate(request: Request) -> Response:
            try:
                return await handle(request)
            except DocfliqError as error:
                raise RefusalError(error) from error

        return translate
