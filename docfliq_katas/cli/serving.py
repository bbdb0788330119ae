"""`kata services`: what it says about the servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docfliq_katas import services
from docfliq_katas.cli import voice

if TYPE_CHECKING:
    from docfliq_katas.catalogue import Lesson
    from docfliq_katas.services import Server, Status


def start_for(lesson: Lesson) -> list[str]:
    """Start the servers that a lesson needs, with a word for each that was not up; return a line for each that died."""
    died = []
    for name in lesson.services:
        service = services.BY_NAME[name]
        was_down = service.status().state == "down"
        if was_down:
            voice.say(f"Starting {service.LABEL} …")
        server = service.server()
        if was_down and server.restarted:
            died.append(_had_died(server))
    return died


def status() -> None:
    """Say how each server is."""
    voice.say(*map(line, services.status()))


def up() -> None:
    """Start what is not up, then say how each server is."""
    voice.say("Starting what is not up …")
    for server in services.up():
        if server.restarted:
            voice.say(_had_died(server))
    status()


def down() -> None:
    """Stop our servers and name them."""
    stopped = services.down()
    voice.say(f"Stopped: {', '.join(stopped)}." if stopped else "No server of the course was up.")


def _had_died(server: Server) -> str:
    return f"{server.name} had died and was started again."


def line(found: Status) -> str:
    """Return one line on one server, in words."""
    facts = [f"version {found.version}"] if found.version else []
    facts += [f"process {found.pid}"] if found.pid else []
    if found.idle_seconds is not None:
        facts.append(f"stops after {found.idle_seconds / 60:.0f} more minutes without use")
    state = {"down": "down, starts on first need", "own": "your own server", "up": "up"}[found.state]
    return f"{found.name}: {', '.join([state, *facts])}{f', at {found.url}' if found.url else ''}"
