"""The partner of this lesson: the medical register, a real HTTP server that knows three doctors."""

import asyncio
import json
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from threading import Event, Thread
from typing import Literal, Self
from urllib.parse import unquote

Silence = Literal["before the answer", "in the answer"]

SETTLED = 4  # knocks, 0.05 s apart, after which the slice has had time to come to where it waits
PORT = 8106  # where the slice looks for the register, unless REGISTER_GATEWAY says otherwise

DOCTORS: dict[str, dict[str, object]] = {
    "KL-2011-0457": {"full_name": "Asha Menon", "council": "Kerala", "is_active": True},
    "MH-2008/1192": {"full_name": "Rohan Kulkarni", "council": "Maharashtra", "is_active": True},
    "TN-1999-0031": {"full_name": "Vikram Rao", "council": "Tamil Nadu", "is_active": False},
}


class Register:
    """The register: it answers at once, unless it is busy or has fallen silent.

    Attributes:
        address: host and port.
        doctors: licence number -> what the register knows; a test may change it.
        seconds: how long it thinks about each question.
        busy: how many of the next questions are answered "busy, ask again".
        questions: the licence numbers that it was asked for, in order.
        pauses: for each question that followed a "busy", the seconds between the two.
        span: the seconds from the first question to the last.
        lost_patience: whether it gave up its silence without being told to.
    """

    def __init__(self, port: int = 0) -> None:
        self.doctors = {number: dict(record) for number, record in DOCTORS.items()}
        self.seconds = 0.0
        self.busy = 0
        self.questions: list[str] = []
        self.pauses: list[float] = []
        self.lost_patience = False
        self.span = 0.0
        self._first_at: float | None = None
        self._busy_at: float | None = None
        self._silence: Silence = "before the answer"
        self._told = Event()
        self._told.set()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.register = self
        self.address = f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.speak()
        self._server.shutdown()
        self._server.server_close()

    def fall_silent(self, silence: Silence = "before the answer") -> None:
        """Take questions, but answer none before `speak()`, or stop in the middle of each answer.

        Meanwhile it knocks at the event loop. After ten knocks in a row without a reply nobody is
        left who could call `speak()`, and after sixty nobody is going to: then the register loses
        patience and answers.
        """
        self._silence = silence
        self._loop = asyncio.get_running_loop()
        self._asked: asyncio.Queue[str] = asyncio.Queue()
        self._told.clear()

    def speak(self) -> None:
        """Answer the questions that wait, and those to come."""
        self._told.set()

    async def asked(self, *checks: asyncio.Task[object]) -> None:
        """Wait until the silent register has a question for each of `checks`, or one has ended.

        It speaks of a question 0.2 s after it came: by then the slice is where it waits for more.
        """
        questions = asyncio.create_task(self._take(len(checks)))
        await asyncio.wait({questions, *checks}, return_when=asyncio.FIRST_COMPLETED)
        questions.cancel()

    async def _take(self, count: int) -> None:
        for _ in range(count):
            await self._asked.get()

    def answer(self, number: str) -> tuple[int, dict[str, object]]:
        """Return the status and the body for one question."""
        now = time.perf_counter()
        self._first_at = self._first_at or now
        self.span = now - self._first_at
        self.questions.append(number)
        if self._busy_at is not None:
            self.pauses.append(now - self._busy_at)
        self.keep_silence(number, "before the answer")
        time.sleep(self.seconds)
        self._busy_at = time.perf_counter() if self.busy else None
        if self.busy:
            self.busy -= 1
            return 503, {"message": "busy, ask again"}
        if number not in self.doctors:
            return 404, {"message": "no such licence"}
        return 200, self.doctors[number]

    def keep_silence(self, number: str, silence: Silence) -> None:
        """Return at once, unless this is where the register has fallen silent."""
        if self._told.is_set() or silence != self._silence:
            return
        unanswered: list[int] = []
        for knock in range(60):
            unanswered.append(knock)
            try:
                if knock == SETTLED:
                    self._loop.call_soon_threadsafe(self._asked.put_nowait, number)
                self._loop.call_soon_threadsafe(unanswered.clear)
            except RuntimeError:  # the loop is closed: the test is over
                return
            if self._told.wait(0.05):
                return
            if len(unanswered) == 10:
                break
        self.lost_patience = True


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    register: Register


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        register = self.server.register
        path = self.path.removeprefix("/doctors/")
        number = "" if "/" in path else unquote(path)  # a slash that is not quoted is no licence
        status, record = register.answer(number)
        body = json.dumps(record).encode()
        with suppress(ConnectionError):  # the caller may have gone away
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body[:10])
            register.keep_silence(number, "in the answer")
            self.wfile.write(body[10:])

    def log_message(self, *_: object) -> None:
        pass


async def seed() -> None:
    """Start the register of a busy evening for `kata run 06`; it lives as long as this process."""
    register = Register(PORT)
    register.seconds = 3.0
    register.__enter__()
