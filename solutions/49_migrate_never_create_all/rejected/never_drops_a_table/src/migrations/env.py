import asyncio

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import SchemaItem

from src.certificates import models as _certificates  # noqa: F401
from src.config import Settings
from src.courses import models as _courses  # noqa: F401
from src.database import Base
from src.users import models as _users  # noqa: F401


def never_drop_a_table(
    _item: SchemaItem, _name: str | None, kind: str, reflected: bool, other: SchemaItem | None
) -> bool:
    return not (kind == "table" and reflected and other is None)


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=Base.metadata, include_object=never_drop_a_table
    )
    with context.begin_transaction():
        context.run_migrations()


async def connect_and_migrate() -> None:
    engine = create_async_engine(Settings().database_url, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)


asyncio.run(connect_and_migrate())
