"""Claims about when validators run, and what becomes of what they raise: L270, L271, L273."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import pytest
from fastapi import FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.claims.conftest import Ask

ran: list[str] = []

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


@pytest.fixture(autouse=True)
def forgotten() -> None:
    """Forget what earlier tests noted."""
    ran.clear()


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
