from fastapi import FastAPI

from src import events
from src.notifications import service as notifications_service
from src.posts.events import PostLiked
from src.posts.router import router as posts_router
from src.users.router import router as users_router


def create_app() -> FastAPI:
    events.on(PostLiked, notifications_service.like_notice)
    app = FastAPI(title="Docfliq")
    app.include_router(posts_router, prefix="/api/v1")
    app.include_router(users_router, prefix="/api/v1")
    return app
