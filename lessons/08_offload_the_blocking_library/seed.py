"""The mail relay of this lesson, a real SMTP server that counts the sessions it has."""

import asyncio
import time
from collections import Counter
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Lock, Thread
from typing import Self

PORT = 8025  # where the slice looks for the relay, unless MAIL_PORT says otherwise
KNOCK = 0.05  # seconds between two knocks at the event loop
SETTLED = 2  # knocks in a row with as many sessions as before: nobody else is on the way
FROZEN = 8  # knocks in a row without a reply: nobody is left who could call `speak()`
ENOUGH = 30  # knocks after which nobody is going to
GUARD = 10.0  # seconds; only against hanging


class Relay:
    """Takes mail in a number of sessions at a time; whoever wants one more is sent away.

    Attributes:
        port: where it listens.
        allowed: how many sessions it allows.
        sessions: how many it has, those included that it is about to send away.
        most: how many it had at most.
        seconds: how long it takes to greet.
        delivered: for each address and subject, how often it took that mail.
        unknown: the addresses that it refuses.
        broken: the addresses at which it breaks off.
        lost_patience: whether it gave up its silence without being told to.

    """

    def __init__(self, port: int = 0) -> None:
        self.allowed = 4
        self.sessions = self.most = 0
        self.seconds = 0.0
        self.delivered: Counter[tuple[str, str]] = Counter()
        self.unknown: set[str] = set()
        self.broken: set[str] = set()
        self.lost_patience = False
        self._lock = Lock()
        self._told = Event()
        self._told.set()
        self._server = _Server(("127.0.0.1", port), _Session)
        self._server.relay = self
        self.port: int = self._server.server_address[1]

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.speak()
        self._server.shutdown()
        self._server.server_close()

    def fall_silent(self) -> None:
        """Greet nobody before `speak()`.

        Meanwhile it knocks at the event loop. After eight knocks in a row without a reply nobody is
        left who could call `speak()`, and after thirty nobody is going to: then it loses patience.
        """
        self._loop = asyncio.get_running_loop()
        self._knocked = asyncio.Event()
        self._settled = 0
        self.lost_patience = False
        self._told.clear()
        Thread(target=self._knock, daemon=True).start()

    def speak(self) -> None:
        """Greet those who wait, and those to come."""
        self._told.set()

    async def came(self, sessions: int) -> None:
        """Wait until so many sessions wait for a greeting and no more come, or patience is lost."""
        while not self._told.is_set() and (self.sessions < sessions or self._settled < SETTLED):
            await self.knocked()

    async def knocked(self) -> None:
        """Wait for the next knock, or for the end of the silence."""
        self._knocked.clear()
        await self._knocked.wait()

    def _knock(self) -> None:
        unanswered: list[int] = []
        before = 0
        for knock in range(ENOUGH):
            unanswered.append(knock)
            self._loop.call_soon_threadsafe(unanswered.clear)
            if self._told.wait(KNOCK):
                return
            self._settled = self._settled + 1 if self.sessions == before else 0
            before = self.sessions
            self._loop.call_soon_threadsafe(self._knocked.set)
            if len(unanswered) == FROZEN:
                break
        self.lost_patience = True
        self.speak()
        self._loop.call_soon_threadsafe(self._knocked.set)

    def enter(self) -> bool:
        """Book a session and say whether it is allowed, after the time that a greeting takes."""
        with self._lock:
            self.sessions += 1
            self.most = max(self.most, self.sessions)
            allowed = self.sessions <= self.allowed
        if allowed:
            time.sleep(self.seconds)
            self._told.wait(GUARD)
        return allowed

    def leave(self) -> None:
        """Book the end of a session."""
        with self._lock:
            self.sessions -= 1

    def take(self, address: str, letter: EmailMessage) -> None:
        """Book a mail."""
        with self._lock:
            self.delivered[address, str(letter["Subject"])] += 1


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 100
    relay: Relay


class _Session(StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        relay = self.server.relay
        last_word = "421 too many sessions"
        with suppress(ConnectionError):  # the client may have gone away
            try:
                if relay.enter():
                    last_word = self._talk(relay)
            finally:
                relay.leave()  # before the last word: the client's next session may follow at once
            if last_word:
                self._say(last_word)

    def _talk(self, relay: Relay) -> str:
        self._say("220 relay.example")
        address = ""
        while line := self.rfile.readline().decode().strip():
            command = line[:4].upper()
            if command == "RCPT":
                address = line.partition("<")[2].partition(">")[0]
                if address in relay.broken:
                    break
                self._say("550 nobody of that name" if address in relay.unknown else "250 ok")
            elif command == "DATA":
                self._say("354 go on")
                relay.take(address, self._letter())
                self._say("250 taken")
            elif command == "QUIT":
                return "221 bye"
            else:
                self._say("250 ok")
        return ""

    def _letter(self) -> EmailMessage:
        lines = iter(self.rfile.readline, b".\r\n")
        return message_from_bytes(b"".join(lines), policy=policy.default)

    def _say(self, reply: str) -> None:
        self.wfile.write(f"{reply}\r\n".encode())


async def seed() -> None:
    """Start a relay that takes 3 s to greet, for `kata run 08`; it lives with this process."""
    relay = Relay(PORT)
    relay.seconds = 3.0
    relay.__enter__()
