from asyncio import gather, wrap_future
from collections.abc import Sequence
from concurrent.futures import Future
from email.message import EmailMessage
from queue import Queue
from smtplib import SMTP, SMTPException, SMTPRecipientsRefused
from threading import Thread
from typing import Literal

from src.config import Settings

Outcome = Literal["accepted", "refused", "failed"]


class Mailer:
    """Sends mail through our relay, which allows us a few sessions at a time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._letters: Queue[tuple[EmailMessage, Future[Outcome]] | None] = Queue()

    def start(self) -> None:
        for _ in range(self._settings.mail_sessions):
            Thread(target=self._work, daemon=True).start()

    def stop(self) -> None:
        for _ in range(self._settings.mail_sessions):
            self._letters.put(None)

    async def send(self, messages: Sequence[EmailMessage]) -> list[Outcome]:
        outcomes = [Future[Outcome]() for _ in messages]
        for letter in zip(messages, outcomes, strict=True):
            self._letters.put(letter)
        return await gather(*map(wrap_future, outcomes))

    def _work(self) -> None:
        while letter := self._letters.get():
            message, outcome = letter
            outcome.set_result(self._send(message))

    def _send(self, message: EmailMessage) -> Outcome:
        host, port = self._settings.mail_host, self._settings.mail_port
        try:
            with SMTP(host, port, "docfliq.example", self._settings.mail_timeout) as session:
                session.send_message(message)
        except SMTPRecipientsRefused:
            return "refused"
        except (SMTPException, OSError):
            return "failed"
        return "accepted"
