from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypedDict

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from fastapi import FastAPI
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from src.certificates.router import router as certificates_router
from src.config import Settings

ALEMBIC_INI = Path(__file__).parent.parent / "alembic.ini"


class State(TypedDict):
    sessions: async_sessionmaker[AsyncSession]


def demand_newest_schema(connection: Connection) -> None:
    wanted = ScriptDirectory.from_config(Config(ALEMBIC_INI)).get_current_head()
    found = MigrationContext.configure(connection).get_current_revision()
    if found != wanted:
        raise RuntimeError(f"the schema is at {found}, and this app needs {wanted}")


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    engine = create_async_engine(Settings().database_url, pool_pre_ping=True)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(demand_newest_schema)
        yield {"sessions": async_sessionmaker(engine, expire_on_commit=False)}
    finally:
        await engine.dispose()


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan)
    app.include_router(certificates_router, prefix="/api/v1")
    return app
