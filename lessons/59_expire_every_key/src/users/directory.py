from collections.abc import Iterable
from uuid import UUID

from src.users.schemas import UserPublic, UserUpdate

_PEOPLE = [
    ("Dr. Asha Menon", "cardiology", "Kochi"),
    ("Dr. Rohan Kulkarni", "orthopaedics", "Pune"),
    ("Dr. Farah Siddiqui", "paediatrics", "Lucknow"),
]


class Directory:
    """The identity service: who there is, and what they may change about themselves."""

    def __init__(self) -> None:
        self._users = {
            UUID(int=0xA1 + number): UserPublic(
                user_id=UUID(int=0xA1 + number), full_name=name, specialty=specialty, city=city
            )
            for number, (name, specialty, city) in enumerate(_PEOPLE)
        }

    async def find(self, user_ids: Iterable[UUID]) -> list[UserPublic]:
        return [self._users[user_id] for user_id in user_ids if user_id in self._users]

    async def update(self, user_id: UUID, change: UserUpdate) -> UserPublic | None:
        if user_id not in self._users:
            return None
        self._users[user_id] = self._users[user_id].model_copy(update=change.model_dump())
        return self._users[user_id]
