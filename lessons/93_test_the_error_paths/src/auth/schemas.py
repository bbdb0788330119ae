from dataclasses import dataclass


@dataclass(frozen=True)
class Doctor:
    user_id: str
    full_name: str
    is_admin: bool = False
    is_suspended: bool = False
