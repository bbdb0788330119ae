from dataclasses import dataclass


@dataclass(frozen=True)
class Doctor:
    full_name: str
    is_banned: bool = False


_SESSIONS = {
    "asha-session": Doctor("Dr. Asha Menon"),
    "vikram-session": Doctor("Dr. Vikram Rao", is_banned=True),
}


def find_doctor(token: str) -> Doctor | None:
    return _SESSIONS.get(token)
