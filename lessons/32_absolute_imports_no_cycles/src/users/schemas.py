from dataclasses import dataclass


@dataclass(frozen=True)
class User:
    user_id: str
    full_name: str
    specialty: str | None


@dataclass(frozen=True)
class Profile:
    user_id: str
    name: str
    post_count: int
