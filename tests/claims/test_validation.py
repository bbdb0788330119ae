"""Claims about what FastAPI and Pydantic do with models: L34, L217, L230, L231, L270, L271, L273, L293, L294, L295."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import fastapi.routing
import pytest
from fastapi import FastAPI, HTTPException
from fastapi.exceptions import FastAPIDeprecationWarning, RequestValidationError
from fastapi.responses import JSONResponse, ORJSONResponse
from pydantic import (
    MISSING,
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from tests.claims.conftest import Ask

ran: list[str] = []
rendered: list[object] = []

ERRORS: dict[str, Exception] = {
    "ValueError": ValueError("no"),
    "AssertionError": AssertionError("no"),
    "PydanticCustomError": PydanticCustomError("no", "no"),
    "RequestValidationError": RequestValidationError([{"loc": ("body", "title"), "msg": "no"}]),
    "HTTPException": HTTPException(409, "taken"),
    "TypeError": TypeError("no"),
    "KeyError": KeyError("no"),
}


def noting(name: str) -> Callable[[Any], Any]:
    """Return a validator that lets everything pass, and notes that it ran."""

    def validator(value: Any) -> Any:  # noqa: ANN401 - a validator of any value
        ran.append(name)
        return value

    return validator


class Post(BaseModel):
    """A model that notes what runs when it is made, and when it is returned."""

    title: Annotated[str, BeforeValidator(noting("field, before")), AfterValidator(noting("field, after"))]

    @model_validator(mode="after")
    def check(self) -> Post:
        """Note a validator of the whole model."""
        ran.append("model, after")
        return self


class Claim(BaseModel):
    """A model whose validator raises what the rulebook warns of."""

    title: str
    pages: int

    @field_validator("title")
    @classmethod
    def refuse(cls, title: str) -> str:
        """Refuse every title, in one of two ways."""
        raise HTTPException(409, "taken") if title == "taken" else ValueError("no such title")


class Refused(BaseModel):
    """A model whose validator raises the error that the title names."""

    title: str
    pages: int

    @field_validator("title")
    @classmethod
    def refuse(cls, title: str) -> str:
        """Refuse the title."""
        raise ERRORS[title]


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
    ran.clear()
    rendered.clear()


async def test_a_returned_model_is_not_made_twice_and_its_after_validators_run_again(ask: Ask) -> None:
    """FastAPI validates the instance that it is given: its fields are left alone, its `after` validators run again."""
    app = FastAPI()

    @app.get("/")
    async def read() -> Post:
        return Post(title="Wide QRS")

    async with ask(app) as client:
        assert (await client.get("/")).json() == {"title": "Wide QRS"}
    assert ran == ["field, before", "field, after", "model, after", "model, after"]


async def test_an_http_exception_in_a_validator_is_answered_as_it_was_raised(ask: Ask) -> None:
    """It is no 500; but it hides the other faults of the same body, which a ValueError does not."""
    app = FastAPI()

    @app.post("/")
    async def write(claim: Claim) -> None:
        """Take it."""

    async with ask(app) as client:
        raised = await client.post("/", json={"title": "taken", "pages": "many"})
        valued = await client.post("/", json={"title": "other", "pages": "many"})
    assert (raised.status_code, raised.json()) == (409, {"detail": "taken"})
    assert valued.status_code == 422
    assert [error["loc"][-1] for error in valued.json()["detail"]] == ["title", "pages"]


@pytest.mark.parametrize(
    ("raised", "status", "told"),
    [
        ("ValueError", 422, ["title", "pages"]),
        ("AssertionError", 422, ["title", "pages"]),
        ("PydanticCustomError", 422, ["title", "pages"]),
        ("RequestValidationError", 422, ["title"]),
        ("HTTPException", 409, []),
        ("TypeError", 500, []),
        ("KeyError", 500, []),
    ],
)
async def test_pydantic_gathers_a_no_that_is_a_value_error(ask: Ask, raised: str, status: int, told: list[str]) -> None:
    """What else a validator raises ends the validation, and no other wrong field is told."""
    app = FastAPI()

    @app.post("/")
    async def write(refused: Refused) -> None:
        """Take it."""

    async with ask(app) as client:
        answer = await client.post("/", json={"title": raised, "pages": "many"})
    assert answer.status_code == status
    details = answer.json()["detail"] if status == 422 else []
    assert [detail["loc"][-1] for detail in details] == told


async def test_on_the_way_out_an_http_exception_blames_the_client(ask: Ask) -> None:
    """In the validator of a response model a ValueError is a 500, and an HTTPException is answered as it was raised."""
    app = FastAPI()

    @app.get("/{title}", response_model=Claim)
    async def read(title: str) -> dict[str, object]:
        return {"title": title, "pages": 7}

    async with ask(app) as client:
        seen = [(await client.get(f"/{title}")).status_code for title in ("taken", "other")]
    assert seen == [409, 500]


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
