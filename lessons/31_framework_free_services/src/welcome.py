import asyncio
import sys
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from src.config import Settings
from src.database import open_sessions
from src.exceptions import DocfliqError
from src.follows import service as follows_service
from src.users import service as users_service


async def welcome(session: AsyncSession, newcomer_id: UUID) -> dict[UUID, str]:
    outcome = {}
    for association_id in await users_service.list_associations(session):
        try:
            await follows_service.follow(session, newcomer_id, association_id)
        except DocfliqError as refusal:
            outcome[association_id] = refusal.code
        else:
            outcome[association_id] = "followed"
    return outcome


async def main(newcomer_id: UUID) -> None:
    async with open_sessions(Settings().database_url) as sessions, sessions.begin() as session:
        outcome = await welcome(session, newcomer_id)
    sys.stdout.writelines(f"{who}: {what}\n" for who, what in outcome.items())


if __name__ == "__main__":
    asyncio.run(main(UUID(sys.argv[1])))
