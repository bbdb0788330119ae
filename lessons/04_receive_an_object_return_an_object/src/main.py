from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI

from src.partners.router import router as partners_router
from src.proposals.router import router as proposals_router
from src.proposals.service import ProposalService
from src.proposals.store import ProposalStore
from src.review.desk import ReviewDesk
from src.review.router import router as review_router


class State(TypedDict):
    proposals: ProposalService
    desk: ReviewDesk


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[State]:
    desk = ReviewDesk()
    yield {"proposals": ProposalService(ProposalStore(), desk), "desk": desk}


def create_app() -> FastAPI:
    app = FastAPI(title="Docfliq", lifespan=lifespan)
    for router in (proposals_router, partners_router, review_router):
        app.include_router(router, prefix="/api/v1")
    return app
