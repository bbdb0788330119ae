import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from email.message import EmailMessage
from smtplib import SMTP, SMTPException, SMTPRecipientsRefused
from typing import Literal

from src.config import Settings

Outcome = Literal["accepted", "refused", "failed"]


class Mailer:
    """Sends mail through our relay, which allows us a few sessions at a time."""

    def __init__(self, settings: Settings, threads: Executor) -> None:
        self._settings = settings
        self._threads = threads

    async def send(self, messages: Sequence[EmailMessage]) -> list[Outcome]:
        return await asyncio.to_thread(list, self._threads.map(self._send, messages))

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
