from collections.abc import Callable
from typing import Any

_handlers: dict[type, Callable[[Any], Any]] = {}


def on(event: type, handler: Callable[[Any], Any]) -> None:
    _handlers[event] = handler


def publish(event: object) -> Any:
    return _handlers[type(event)](event)
