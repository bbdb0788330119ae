from typing import Annotated

from fastapi import Depends, HTTPException, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

_SESSIONS = {"asha-session": "Dr. Asha Menon", "farah-session": "Dr. Farah Siddiqui"}

Bearer = Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]


async def current_doctor(bearer: Bearer) -> str:
    doctor = _SESSIONS.get(bearer.credentials)
    if doctor is None:
        challenge = {"WWW-Authenticate": "Bearer"}
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, "Please log in again.", challenge)
    return doctor


CurrentDoctor = Annotated[str, Depends(current_doctor)]
