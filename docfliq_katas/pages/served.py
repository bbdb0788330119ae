"""The site as `kata docs` serves it: the built files, and a stream that tells each open page how far its reader is."""

from __future__ import annotations

import asyncio
import json
import mimetypes
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from docfliq_katas import order, progress
from docfliq_katas.errors import Misuse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from starlette.requests import Request

    from docfliq_katas.catalogue import Lesson

_EVENTS = "/kata/events"
_ADDED = ("progress.js", "progress.css")  # below /kata/, and in no built site
_HEAD = (
    b'<link rel="stylesheet" href="/kata/progress.css">'
    b'<script defer src="/kata/progress.js" data-build="%s"></script></head>'
)
_OWN_NAMES = ("127.0.0.1", "localhost")  # another site's name that leads here is not answered
_WORDS = {"open": (), "solved": ("Solved",), "changed": ("Changed since you solved it",)}

Files = dict[str, bytes]  # path in the site -> what is there


class Board:
    """What open pages are told: the build they should show, and the reader's progress.

    Attributes:
        files: the site, whole, in memory: a half-built one is never served, and no path leads out of it.
    """

    def __init__(self, lessons: Sequence[Lesson], files: Files) -> None:
        self._lessons = lessons
        self._closed = False
        self._news = asyncio.Event()
        self.show(files)

    def show(self, files: Files) -> None:
        """Serve this site from now on, and let open pages load themselves again."""
        self._build = secrets.token_hex(8)
        self.files = _with_script(files, self._build)
        self.tell()

    def tell(self) -> None:
        """Tell every open page how things are now."""
        self._news.set()
        self._news = asyncio.Event()

    def close(self) -> None:
        """End every stream."""
        self._closed = True
        self.tell()

    async def messages(self) -> AsyncIterator[str]:
        """Yield how things are, now and after each change, as server-sent events."""
        while not self._closed:
            news = self._news  # taken before the look, so that a change during it is not missed
            try:
                found = await asyncio.to_thread(standing, self._lessons)
            except Misuse:
                return  # a checkout is at work on the course: the page asks again by itself
            yield f"data: {json.dumps({'build': self._build, **found})}\n\n"
            await news.wait()


def standing(lessons: Sequence[Lesson]) -> dict[str, Any]:
    """Return the reader's progress as the pages' script reads it.

    Returns:
        `lessons`: slug -> title and words, `next`: the slug of the next lesson or None, `solved`: a sentence.

    """
    found = progress.standing(lessons)
    following = order.following(lessons, found)
    solved = sum(each.state == "solved" for each in found.values())
    return {
        "lessons": {
            lesson.slug: {
                "title": f"{lesson.number} · {lesson.title}",
                "words": [*_WORDS[found[lesson.slug].state], *(["Next"] if lesson == following else [])],
            }
            for lesson in lessons
        },
        "next": following.slug if following else None,
        "solved": f"{solved} of {len(lessons)} solved.",
    }


def application(board: Board) -> Starlette:
    """Return the application: files of the site, and the stream; only for those who ask for this machine by name."""

    async def events(_: Request) -> Response:
        return StreamingResponse(
            board.messages(), headers={"Cache-Control": "no-store"}, media_type="text/event-stream"
        )

    async def page(request: Request) -> Response:
        return _answer(board.files, request.path_params["path"])

    return Starlette(
        routes=[Route(_EVENTS, events), Route("/{path:path}", page)],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=_OWN_NAMES, www_redirect=False)],
    )


def _answer(files: Mapping[str, bytes], path: str) -> Response:
    if f"{path}/index.html" in files:
        return RedirectResponse(f"/{path}/")
    name, status = (path if path and not path.endswith("/") else f"{path}index.html"), 200
    if name not in files:
        name, status = "404.html", 404
    kind, packed = mimetypes.guess_type(name)
    return Response(
        files.get(name, b"Not found"),
        status,
        {"Cache-Control": "no-store"},  # a page that is loaded again is the new one
        media_type="application/octet-stream" if packed or kind is None else kind,
    )


def _with_script(files: Files, build: str) -> Files:
    """Return the site with a line in each page that asks for the progress, and with what that line asks for."""
    head = _HEAD % build.encode()
    pages = {name: data.replace(b"</head>", head, 1) for name, data in files.items() if name.endswith(".html")}
    return files | pages | {f"kata/{name}": Path(__file__).with_name(name).read_bytes() for name in _ADDED}
