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
        self._session = ClientSession(
            base_url=f"{settings.register_url}/",
            headers={"X-Api-Key": settings.register_key.get_secret_value()},
            timeout=ClientTimeout(
                total=None,
                connect=settings.register_seconds,
                sock_read=settings.register_seconds,
            ),
            connector=TCPConnector(limit=20),
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
            async with self._session.get(path, params=params) as response:
                body = await response.read()
        except TimeoutError as error:
            raise RegisterTimeoutError from error
        except ClientError as error:
            raise RegisterUnavailableError from error
        if response.status not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
            raise RegisterUnavailableError
        return response.status, body
