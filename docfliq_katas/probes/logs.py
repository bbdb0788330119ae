"""Everything that any logger says, whatever the slice did to the configuration of logging."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docfliq_katas.probes.frames import slice_frame
from docfliq_katas.probes.recording import Recording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docfliq_katas.probes.frames import Where

_FORMATTER = logging.Formatter()
_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


@dataclass(frozen=True, slots=True)
class Line:
    """One record that a logger let through.

    Attributes:
        logger: the name of the logger; `root` for the root logger.
        level: the name of the level: `DEBUG`, `INFO`, `WARNING`, `ERROR`, `CRITICAL`.
        message: the message with its arguments filled in.
        text: the message, the traceback and the stack as a plain formatter prints them, and the extra fields after it.
        extra: the fields that were given with `extra=`.
        thread: the name of the thread that logged it.
        record: the record itself.
        where: the place in the slice that logged it, or None.
    """

    logger: str
    level: str
    message: str
    text: str
    extra: dict[str, Any]
    thread: str
    record: logging.LogRecord
    where: Where | None

    def __str__(self) -> str:
        return f"{self.level} {self.logger}: {self.text}"


@dataclass
class Lines(Recording[Line]):
    """What one recording heard, in order; iterate over it, index it, take its `len`."""

    def from_logger(self, name: str) -> list[Line]:
        """Return the lines of a logger and of those below it: `src` also gives `src.posts.service`.

        Args:
            name: the name of the logger.
        """
        return [line for line in self.items if line.logger == name or line.logger.startswith(f"{name}.")]

    def at_least(self, level: str) -> list[Line]:
        """Return the lines of that level or above, such as `WARNING`.

        Args:
            level: the name of the level.
        """
        floor = logging.getLevelNamesMapping()[level]
        return [line for line in self.items if line.record.levelno >= floor]

    @property
    def text(self) -> str:
        """All lines, one below the other."""
        return "\n".join(map(str, self.items))


class LogProbe:
    """The fixture `log_probe`: hears every logger, without a handler that a configuration could remove.

    Usage::

        with log_probe.record() as lines:
            await client.post("/login", json=...)
        secret_probe.assert_absent(lines.text, where="the log", wants="no password in any line")

    It listens where a logger hands a record to its handlers. So it hears loggers with `propagate=False`, loggers that
    are configured or made during the recording, and loggers without any handler. Levels, filters of loggers and
    `disabled` are the slice's own affair and stay in force, unless `level` opens them. What is printed is not heard.
    """

    @contextmanager
    def record(self, *, level: str | None = None) -> Iterator[Lines]:
        """Record every line until the block ends, and put the configuration of logging back.

        Put back are the handlers, filters, level, `propagate` and `disabled` of every logger and what
        `logging.disable` was set to, also after a `dictConfig` within the block.

        Args:
            level: opens the root logger to that level, such as `DEBUG`; loggers with a level of their own keep it.
        """
        lines = Lines()
        handle = logging.Logger.callHandlers

        def noted(logger: logging.Logger, record: logging.LogRecord) -> None:
            lines.items.append(_line(record))
            handle(logger, record)

        before = _Configuration.now()
        try:
            if level is not None:
                logging.getLogger().setLevel(level)
            setattr(logging.Logger, "callHandlers", noted)  # noqa: B010 - a method, on purpose
            yield lines
        finally:
            setattr(logging.Logger, "callHandlers", handle)  # noqa: B010 - a method, on purpose
            before.restore()


def _line(record: logging.LogRecord) -> Line:
    """Keep what the record says now; its arguments may change later."""
    try:
        message = record.getMessage()
    except (TypeError, ValueError, KeyError):  # a wrong format is reported by the handlers, as ever
        message = f"{record.msg} {record.args}"
    extra = {key: value for key, value in record.__dict__.items() if key not in _STANDARD}
    parts = [message]
    if record.exc_info:
        parts.append(_FORMATTER.formatException(record.exc_info))
    if record.stack_info:
        parts.append(record.stack_info)
    parts += [f"{key}={value!r}" for key, value in extra.items()]
    return Line(
        logger=record.name,
        level=record.levelname,
        message=message,
        text="\n".join(parts),
        extra=extra,
        thread=record.threadName or "",
        record=record,
        where=slice_frame(),
    )


@dataclass(frozen=True, slots=True)
class _Settings:
    """What can be configured of one logger."""

    logger: logging.Logger
    level: int
    propagate: bool
    disabled: bool
    handlers: list[logging.Handler]
    filters: list[Any]

    @classmethod
    def of(cls, logger: logging.Logger) -> _Settings:
        return cls(
            logger,
            logger.level,
            logger.propagate,
            logger.disabled,
            list(logger.handlers),
            list(logger.filters),
        )

    def restore(self) -> None:
        self.logger.setLevel(self.level)
        self.logger.propagate = self.propagate
        self.logger.disabled = self.disabled
        self.logger.handlers[:] = self.handlers
        self.logger.filters[:] = self.filters


@dataclass(frozen=True, slots=True)
class _Configuration:
    """The configuration of all loggers at one moment."""

    settings: list[_Settings]
    disabled_below: int

    @classmethod
    def now(cls) -> _Configuration:
        return cls([_Settings.of(logger) for logger in _loggers()], logging.root.manager.disable)

    def restore(self) -> None:
        """Put every logger back; loggers made since then get the state of a new logger, their handlers closed."""
        known = {id(settings.logger) for settings in self.settings}
        for logger in _loggers():
            if id(logger) not in known:
                for handler in list(logger.handlers):
                    logger.removeHandler(handler)
                    handler.close()
                logger.filters.clear()
                logger.setLevel(logging.NOTSET)
                logger.propagate = True
                logger.disabled = False
        for settings in self.settings:
            settings.restore()
        logging.disable(self.disabled_below)


def _loggers() -> list[logging.Logger]:
    """Return the root logger and every logger that has been asked for."""
    known = logging.root.manager.loggerDict.values()
    return [logging.root, *(logger for logger in known if isinstance(logger, logging.Logger))]
