"""Claims about the documentation of streams: L289."""

from __future__ import annotations

from collections.abc import AsyncIterable  # noqa: TC003 - FastAPI reads it from the annotation

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse
from pydantic import BaseModel


class Notification(BaseModel):
    """What a doctor is told."""

    text: str


def test_a_stream_that_yields_models_documents_itself() -> None:
    """An endpoint that yields has its items in the document; a StreamingResponse that is returned promises any JSON."""
    app = FastAPI()

    @app.get("/lines")
    async def lines() -> AsyncIterable[Notification]:
        yield Notification(text="Asha likes your post")

    @app.get("/events", response_class=EventSourceResponse)
    async def events() -> AsyncIterable[Notification]:
        yield Notification(text="Asha likes your post")

    @app.get("/by-hand")
    async def by_hand() -> StreamingResponse:
        return StreamingResponse(iter([b"{}"]))

    paths = app.openapi()["paths"]
    content = {path: paths[path]["get"]["responses"]["200"]["content"] for path in ("/lines", "/events", "/by-hand")}
    reference = {"$ref": "#/components/schemas/Notification"}
    assert content["/lines"] == {"application/jsonl": {"itemSchema": reference}}
    assert content["/events"].keys() == {"text/event-stream"}
    assert "#/components/schemas/Notification" in str(content["/events"])
    assert content["/by-hand"] == {"application/json": {"schema": {}}}
