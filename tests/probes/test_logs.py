from __future__ import annotations

import logging
import logging.config
from typing import TYPE_CHECKING

import pytest

from docfliq_katas.probes.logs import LogProbe

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    SliceOf = Callable[..., ModuleType]

SLICE = """
    import logging

    logger = logging.getLogger("docfliq.under_test.posts")


    def says(secret):
        logger.warning("published %s", secret, extra={"post_id": "p-1"})


    def fails(secret):
        try:
            raise ValueError(secret)
        except ValueError:
            logger.exception("not published")
"""
SILENT = {
    "version": 1,
    "disable_existing_loggers": True,
    "handlers": {"nowhere": {"class": "logging.NullHandler"}},
    "root": {"level": "ERROR", "handlers": ["nowhere"]},
    "loggers": {"docfliq.under_test.quiet": {"level": "DEBUG", "propagate": False, "handlers": ["nowhere"]}},
}


def test_a_line_is_heard_with_its_fields_and_its_place(slice_of: SliceOf) -> None:
    """Message, extra fields, level, logger and the line of the slice."""
    service = slice_of(SLICE)
    with LogProbe().record() as lines:
        service.says("p-1")
    (line,) = lines
    assert (line.logger, line.level, line.message) == ("docfliq.under_test.posts", "WARNING", "published p-1")
    assert line.extra == {"post_id": "p-1"}
    assert line.text == "published p-1\npost_id='p-1'"
    assert str(line.where) == "src/posts/service.py:7 (says)"
    assert lines.from_logger("docfliq.under_test") == [line]
    assert lines.at_least("ERROR") == []


def test_a_traceback_is_part_of_the_text(slice_of: SliceOf) -> None:
    """A secret in an exception is in the log."""
    service = slice_of(SLICE)
    with LogProbe().record() as lines:
        service.fails("s3cret")
    assert "ValueError: s3cret" in lines.text


def test_loggers_that_do_not_propagate_are_heard_after_a_configuration() -> None:
    """A dictConfig within the recording silences nothing that it lets through itself."""
    with LogProbe().record() as lines:
        logging.config.dictConfig(SILENT)
        logging.getLogger("docfliq.under_test.quiet").debug("heard")
        logging.getLogger("docfliq.under_test.loud").info("below the level of the root")
    assert [line.message for line in lines] == ["heard"]


def test_the_level_can_be_opened() -> None:
    """With a level, loggers without one of their own say everything."""
    with LogProbe().record(level="DEBUG") as lines:
        logging.getLogger("docfliq.under_test.fresh").debug("heard")
    assert [line.message for line in lines] == ["heard"]


def test_the_configuration_is_put_back() -> None:
    """Handlers, levels and switches are as before, whatever happened within, errors included."""
    root, logger = logging.getLogger(), logging.getLogger("docfliq.under_test.kept")
    handler = logging.NullHandler()
    logger.addHandler(handler)
    before = (root.level, list(root.handlers), logging.Logger.callHandlers, logging.root.manager.disable)

    def configures() -> None:
        with LogProbe().record():
            logging.config.dictConfig(SILENT)
            logging.disable(logging.CRITICAL)
            logging.getLogger("docfliq.under_test.made_within").addHandler(logging.NullHandler())
            raise ValueError("as itself")

    with pytest.raises(ValueError, match="as itself"):
        configures()
    assert before == (root.level, list(root.handlers), logging.Logger.callHandlers, logging.root.manager.disable)
    assert (logger.handlers, logger.disabled) == ([handler], False)
    assert logging.getLogger("docfliq.under_test.made_within").handlers == []
    logger.removeHandler(handler)
