"""Claims about structure: L40, L150, L153, L248, L319, L320."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING, Annotated

import pytest
from fastapi import Depends, FastAPI, Query

if TYPE_CHECKING:
    from pathlib import Path

    from tests.claims.conftest import Ask


@pytest.mark.parametrize(
    ("imports", "works"),
    [
        ({"a": "from src.b import f", "b": "from src.a import g"}, False),
        ({"a": "from .b import f", "b": "from .a import g"}, False),
        ({"a": "from src import b", "b": "from src import a"}, True),
        ({"a": "from . import b", "b": "from . import a"}, True),
    ],
)
def test_a_cycle_fails_by_what_it_imports_and_not_by_how(
    tmp_path: Path, imports: dict[str, str], *, works: bool
) -> None:
    """Relative and absolute imports fail alike where a cycle imports names, and work alike where it imports modules."""
    (tmp_path / "src").mkdir()
    for name, line in imports.items():
        (tmp_path / f"src/{name}.py").write_text(f"{line}\n\n\ndef {'g' if name == 'a' else 'f'}():\n    return 1\n")
    run = subprocess.run(
        [sys.executable, "-c", "import src.a"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (run.returncode == 0) is works
    assert works or "partially initialized module" in run.stderr


async def test_an_endpoint_that_is_called_as_a_function_checks_nothing(ask: Ask) -> None:
    """The call adds no HTTP; it skips the validation, the dependencies and the response model."""
    app = FastAPI()

    async def doctor() -> str:
        return "Asha"

    @app.get("/posts")
    async def posts(
        who: Annotated[str, Depends(doctor)] = "nobody", limit: Annotated[int, Query(le=5)] = 5
    ) -> list[str]:
        return [who] * limit

    @app.get("/feed")
    async def feed() -> list[str]:
        return await posts(limit=99)

    async with ask(app) as client:
        assert (await client.get("/posts?limit=99")).status_code == 422
        assert (await client.get("/feed")).json() == ["nobody"] * 99


async def test_dependencies_run_one_after_the_other_whatever_they_are(ask: Ask) -> None:
    """Async dependencies are not faster by running at once: each is done before the next begins."""
    order: list[str] = []

    async def first() -> None:
        order.append("first begins")
        await asyncio.sleep(0)
        order.append("first ends")

    async def second() -> None:
        order.append("second begins")

    app = FastAPI(dependencies=[Depends(first), Depends(second)])

    @app.get("/")
    async def read() -> None:
        """Answer."""

    async with ask(app) as client:
        await client.get("/")
    assert order == ["first begins", "first ends", "second begins"]


async def test_a_counter_loses_updates_only_across_an_await() -> None:
    """One loop runs one piece of code at a time: what is read and written without an await between is safe in it."""
    counts = {"at once": 0, "across an await": 0}

    async def add() -> None:
        counts["at once"] += 1
        read = counts["across an await"]
        await asyncio.sleep(0)
        counts["across an await"] = read + 1

    await asyncio.gather(*(add() for _ in range(50)))
    assert counts == {"at once": 50, "across an await": 1}
