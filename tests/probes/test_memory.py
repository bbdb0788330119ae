from __future__ import annotations

import threading
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from docfliq_katas.probes.memory import MemoryProbe
from docfliq_katas.probes.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    SliceOf = Callable[..., ModuleType]

WANTS = "one chunk in memory at a time"
SLICE = """
    def whole(path):
        with open(path, "rb") as file:
            content = file.read()
            return sum(len(content[start : start + 4096]) for start in range(0, len(content), 4096))


    def chunks(path):
        with open(path, "rb") as file:
            return sum(len(chunk) for chunk in iter(lambda: file.read(65_536), b""))
"""


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    """A file of 20 MB."""
    path = tmp_path / "scan.png"
    path.write_bytes(b"\0" * 20_000_000)
    return path


def test_a_whole_file_in_memory_is_refused(slice_of: SliceOf, upload: Path) -> None:
    """The peak is that of the file, and the line that read it is named."""
    service = slice_of(SLICE, "media/service.py")
    with MemoryProbe().record() as memory:
        service.whole(upload)
    assert 20_000_000 <= memory.peak < 25_000_000
    with pytest.raises(Verdict) as caught:
        memory.assert_below(5_000_000, wants=WANTS)
    assert caught.value.saw.startswith("20.")
    assert caught.value.look_at == "src/media/service.py:3"


def test_chunks_pass(slice_of: SliceOf, upload: Path) -> None:
    """A file read in chunks takes the memory of a chunk."""
    service = slice_of(SLICE, "media/service.py")
    with MemoryProbe().record() as memory:
        service.chunks(upload)
    memory.assert_below(1_000_000, wants=WANTS)
    assert 0 < memory.peak < 1_000_000
    assert memory.left < 100_000


def test_the_trace_is_stopped_and_the_thread_is_gone() -> None:
    """Tracing ends with the block, unless it was on before."""

    def fails_while_recorded() -> None:
        with MemoryProbe().record():
            raise ValueError("as itself")

    with pytest.raises(ValueError, match="as itself"):
        fails_while_recorded()
    assert not tracemalloc.is_tracing()
    assert "docfliq-katas-memory" not in {thread.name for thread in threading.enumerate()}
    tracemalloc.start()
    with MemoryProbe().record():
        pass
    still_on = tracemalloc.is_tracing()
    tracemalloc.stop()
    assert still_on
