from typing import Annotated

from fastapi import Depends, Header

from src.auth.schemas import Doctor
from src.exceptions import NotAuthenticatedError, PermissionDeniedError

_SESSIONS = {
    "asha-session": Doctor("u-asha", "Dr. Asha Menon"),
    "rohan-session": Doctor("u-rohan", "Dr. Rohan Kulkarni"),
    "meera-session": Doctor("u-meera", "Meera Iyer", is_admin=True),
    "vikram-session": Doctor("u-vikram", "Dr. Vikram Rao", is_suspended=True),
}


async def signed_in(authorization: Annotated[str, Header()] = "") -> Doctor:
    scheme, _, token = authorization.partition(" ")
    doctor = _SESSIONS.get(token) if scheme.lower() == "bearer" else None
    if doctor is None:
        raise NotAuthenticatedError
    return doctor


SignedIn = Annotated[Doctor, Depends(signed_in)]


async def active(doctor: SignedIn) -> Doctor:
    if doctor.is_suspended:
        raise PermissionDeniedError
    return doctor


Active = Annotated[Doctor, Depends(active)]
