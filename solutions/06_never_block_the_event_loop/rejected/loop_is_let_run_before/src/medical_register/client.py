import asyncio
from http.client import HTTPConnection, HTTPException
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
            await asyncio.sleep(0)
            status, body = self._get(path)
        except (OSError, HTTPException) as error:
            raise RegisterUnavailableError from error
        if status == 404:
            return None
        if status != 200:
            raise RegisterUnavailableError
        return Registration.model_validate_json(body)

    def _get(self, path: str) -> tuple[int, bytes]:
        connection = HTTPConnection(self._address, timeout=self._timeout)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()
