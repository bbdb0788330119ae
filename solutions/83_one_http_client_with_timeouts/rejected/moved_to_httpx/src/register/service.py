import asyncio

from httpx import AsyncClient, HTTPError, Limits, Response, Timeout, TimeoutException, codes

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
        self._client = AsyncClient(
            base_url=settings.register_url,
            headers={"X-Api-Key": settings.register_key.get_secret_value()},
            timeout=Timeout(settings.register_seconds),
            limits=Limits(max_connections=20),
        )

    async def aclose(self) -> None:
        await self._client.aclose()

    async def find(self, number: str) -> Entry:
        response = await self._ask(f"/doctors/{number}")
        if response.status_code == codes.NOT_FOUND:
            raise LicenceNotFoundError
        return Entry.model_validate(response.json())

    async def search(self, name: str) -> Entries:
        response = await self._ask("/doctors", name=name)
        return Entries.model_validate(response.json())

    async def _ask(self, path: str, **params: str) -> Response:
        try:
            async with asyncio.timeout(self._seconds):
                response = await self._client.get(path, params=params)
        except (TimeoutError, TimeoutException) as error:
            raise RegisterTimeoutError from error
        except HTTPError as error:
            raise RegisterUnavailableError from error
        if response.status_code not in {codes.OK, codes.NOT_FOUND}:
            raise RegisterUnavailableError
        return response
