from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Request
from pydantic import AfterValidator, Field

from src.refusals import Refusal

discussions = APIRouter()
comments = APIRouter()


def trimmed(text: str) -> str:
    if not text.strip():
        raise ValueError("empty")
    return text.strip()


Text = Annotated[str, AfterValidator(trimmed), Field(max_length=2000)]


@discussions.get("")
async def read(post_id: UUID, request: Request) -> dict[str, Any]:
    return {"items": [line._asdict() for line in request.app.state.storage.of(post_id)]}


@discussions.post("", status_code=201)
async def write(
    post_id: UUID, body: Annotated[Text, Body(embed=True)], request: Request
) -> dict[str, Any]:
    author = request.state.account.name
    request.app.state.storage.of(post_id)
    request.app.state.limiter.take(author)
    line: dict[str, Any] = request.app.state.storage.append(post_id, author, body)._asdict()
    return line


@comments.delete("/{comment_id}", status_code=204)
async def drop(comment_id: UUID, request: Request) -> None:
    account = request.state.account
    line = request.app.state.storage.find(comment_id)
    if account.name != line.author and account.role != "admin":
        raise Refusal("permission_denied")
    request.app.state.storage.drop(line)
