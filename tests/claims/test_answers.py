"""Claims about what is sent and what was sent: L34, L217, L230, L231, L293, L294, L295."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import fastapi.routing
import pytest
from fastapi import FastAPI
from fastapi.exceptions import FastAPIDeprecationWarning
from fastapi.responses import JSONResponse, ORJSONResponse
from pydantic import MISSING, BaseModel, ValidationError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from tests.claims.conftest import Ask

rendered: list[object] = []


class Settings(BaseModel):
    """Settings of a doctor, each with a default."""

    by_email: bool = True
    by_push: bool = True


class Row:
    """What an ORM returns: attributes, and no word on which of them were set."""

    by_email = False
    by_push = True


class Update(BaseModel):
    """A change of a doctor's profile, in which what was not sent is a value of its own."""

    city: str | MISSING | None = MISSING
    full_name: str | MISSING = MISSING


class Noting(JSONResponse):
    """A response class that notes what it renders."""

    def render(self, content: Any) -> bytes:  # noqa: ANN401 - Starlette's own
        """Note the content."""
        rendered.append(content)
        return super().render(content)


@pytest.fixture(autouse=True)
def forgotten() -> None:
    """Forget what earlier tests noted."""
    rendered.clear()


async def test_the_encoder_runs_only_without_a_response_model(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a return type, Pydantic writes the JSON; `jsonable_encoder` is for routes without one."""
    encoded: list[object] = []
    original = fastapi.routing.jsonable_encoder  # type: ignore[attr-defined]  # where FastAPI looks it up

    def spy(value: object, *arguments: Any, **options: Any) -> object:  # noqa: ANN401 - FastAPI's own
        encoded.append(value)
        return original(value, *arguments, **options)

    monkeypatch.setattr(fastapi.routing, "jsonable_encoder", spy)
    app = FastAPI()

    @app.get("/declared")
    async def declared() -> dict[str, int]:
        return {"likes": 1}

    @app.get("/undeclared", response_model=None)
    async def undeclared() -> dict[str, int]:
        return {"likes": 2}

    async with ask(app) as client:
        assert (await client.get("/declared")).json() == {"likes": 1}
        assert encoded == []
        assert (await client.get("/undeclared")).json() == {"likes": 2}
        assert encoded == [{"likes": 2}]


async def test_a_named_response_class_renders_once_more(ask: Ask) -> None:
    """Naming a class turns the fast path off: Python objects are built, and the class renders them."""
    app = FastAPI()

    @app.get("/named", response_class=Noting)
    async def named() -> dict[str, int]:
        return {"likes": 1}

    async with ask(app) as client:
        assert (await client.get("/named")).json() == {"likes": 1}
    assert rendered == [{"likes": 1}]


def test_the_class_that_promised_speed_is_deprecated() -> None:
    """`ORJSONResponse` warns each time one is made: Pydantic's own serialisation took its place."""
    with pytest.raises(FastAPIDeprecationWarning, match="ORJSONResponse is deprecated"):  # warnings are errors here
        ORJSONResponse({"likes": 1})


async def test_an_answer_made_from_a_row_has_nothing_unset(ask: Ask) -> None:
    """`response_model_exclude_unset` leaves fields out of a model or a dict, and none out of an object's attributes."""
    app = FastAPI()
    answers: dict[str, Any] = {"model": Settings(by_email=False), "dict": {"by_email": False}, "row": Row()}

    @app.get("/{kind}", response_model=Settings, response_model_exclude_unset=True)
    async def read(kind: str) -> Any:  # noqa: ANN401 - three kinds
        return answers[kind]

    async with ask(app) as client:
        seen = {kind: (await client.get(f"/{kind}")).json() for kind in answers}
    part, whole = {"by_email": False}, {"by_email": False, "by_push": True}
    assert seen == {"model": part, "dict": part, "row": whole}


@pytest.mark.parametrize("sent", [{}, {"by_push": True}, {"by_email": False}])
def test_what_was_sent_is_known_on_the_way_in(sent: dict[str, bool]) -> None:
    """`exclude_unset` dumps what was sent, equal to a default or not; with MISSING a plain dump does, null included."""
    assert Settings.model_validate(sent).model_dump(exclude_unset=True) == sent
    for form in ({}, {"city": None}, {"full_name": "Dr. Farah Siddiqui"}):
        assert Update.model_validate(form).model_dump() == form
    with pytest.raises(ValidationError, match="full_name"):
        Update.model_validate({"full_name": None})


async def test_a_route_that_returns_a_coroutine_is_a_500(ask: Ask) -> None:
    """Where somebody looks at what was not awaited it is no secret: declared, typed or undeclared, it is an error."""
    app = FastAPI()
    made: list[Coroutine[None, None, Settings]] = []

    async def load() -> Settings:
        return Settings()

    def forgotten() -> Coroutine[None, None, Settings]:
        made.append(load())
        return made[-1]

    @app.get("/declared", response_model=Settings)
    async def declared() -> object:
        return forgotten()

    @app.get("/typed")
    async def typed() -> dict[str, object]:
        return {"settings": forgotten()}

    @app.get("/undeclared", response_model=None)
    async def undeclared() -> object:
        return forgotten()

    async with ask(app) as client:
        seen = [(await client.get(path)).status_code for path in ("/declared", "/typed", "/undeclared")]
    assert seen == [500, 500, 500]
    for coroutine in made:
        coroutine.close()


async def test_a_dict_under_a_model_is_validated_and_an_instance_is_trusted(ask: Ask) -> None:
    """What is declared counts, and not what is returned: a dict is checked and cut down, a model is believed."""
    app = FastAPI()
    wrong: dict[str, Any] = {"by_email": "a while", "by_push": True}

    @app.get("/dict", response_model=Settings)
    async def of_a_dict() -> dict[str, object]:
        return {"by_email": "off", "theme": "dark"}

    @app.get("/wrong-dict", response_model=Settings)
    async def of_a_wrong_dict() -> dict[str, object]:
        return wrong

    @app.get("/wrong-model")
    async def of_a_wrong_model() -> Settings:
        return Settings.model_construct(None, **wrong)

    async with ask(app) as client:
        assert (await client.get("/dict")).json() == {"by_email": False, "by_push": True}
        assert (await client.get("/wrong-dict")).status_code == 500
        with pytest.warns(UserWarning, match="Pydantic serializer warnings"):
            trusted = await client.get("/wrong-model")
        paths = (await client.get("/openapi.json")).json()["paths"]
    assert (trusted.status_code, trusted.json()) == (200, wrong)
    answers = [paths[path]["get"]["responses"]["200"]["content"] for path in ("/dict", "/wrong-model")]
    assert answers[0] == answers[1]


async def test_a_response_passes_by_its_response_model(ask: Ask) -> None:
    """A response that a route makes itself is sent as it is, under the documentation of a model."""
    app = FastAPI()

    @app.get("/", response_model=Settings)
    async def read() -> JSONResponse:
        return JSONResponse({"by_email": "a while", "theme": "dark"})

    async with ask(app) as client:
        assert (await client.get("/")).json() == {"by_email": "a while", "theme": "dark"}
