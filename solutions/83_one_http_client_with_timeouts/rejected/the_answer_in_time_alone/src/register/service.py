import asyncio
from http import HTTPStatus

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from src.config import Settings
from src.exceptions import (
    LicenceNotFoundError,
    RegisterTimeoutError,
    RegisterUnavailableError,
)
from src.register.schemas import Entries, Entry


class Register:
    """The medical council's register of doctors; the council bills each question."""

    def __init__(self, settings: Settings) -> None:
        self._seconds = settings.register_seconds
        self._session = ClientSession(
            base_url=f"{settings.register_url}/",
            headers={"X-Api-Key": settings.register_key.get_secret_value()},
            connector=TCPConnector(limit=20),
            timeout=ClientTimeout(total=None),
        )

    async def aclose(self) -> None:
        await self._session.close()

    async def find(self, number: str) -> Entry:
        status, body = await self._ask(f"doctors/{number}")
        if status == HTTPStatus.NOT_FOUND:
            raise LicenceNotFoundError
        return Entry.model_validate_json(body)

    async def search(self, name: str) -> Entries:
        _, body = await self._ask("doctors", name=name)
        return Entries.model_validate_json(body)

    async def _ask(self, path: str, **params: str) -> tuple[int, bytes]:
        try:
            call = asyncio.create_task(self._get(path, params))
            status, body = await asyncio.wait_for(asyncio.shield(call), self._seconds)
        except TimeoutError as error:
            raise RegisterTimeoutError from error
        except ClientError as error:
            raise RegisterUnavailableError from error
        if status not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
            raise RegisterUnavailableError
        return status, body

    async def _get(self, path: str, params: dict[str, str]) -> tuple[int, bytes]:
        async with self._session.get(path, params=params) as response:
            return response.status, await response.read()
