import asyncio
from urllib.parse import quote

from pydantic import BaseModel

from src.medical_register.exceptions import RegisterUnavailableError
from src.medical_register.retry import with_retries


class Registration(BaseModel):
    full_name: str
    council: str
    is_active: bool


class MedicalRegister:
    def __init__(self, address: str, timeout: float, pause: float) -> None:
        self._address = address
        self._timeout = timeout
        self._pause = pause

    async def find(self, licence_number: str) -> Registration | None:
        path = f"/doctors/{quote(licence_number, safe='')}"
        return await with_retries(lambda: self._ask(path), self._pause)

    async def _ask(self, path: str) -> Registration | None:
        try:
            status, body = await self._get(path)
        except (OSError, IndexError) as error:
            raise RegisterUnavailableError from error
        if status == 404:
            return None
        if status != 200:
            raise RegisterUnavailableError
        return Registration.model_validate_json(body)

    async def _get(self, path: str) -> tuple[int, bytes]:
        host, _, port = self._address.rpartition(":")
        async with asyncio.timeout(self._timeout):
            reader, writer = await asyncio.open_connection(host, int(port))
            try:
                writer.write(f"GET {path} HTTP/1.0\r\nHost: {self._address}\r\n\r\n".encode())
                head, _, body = (await reader.read()).partition(b"\r\n\r\n")
                return int(head.split()[1]), body
            finally:
                writer.close()
                await writer.wait_closed()
