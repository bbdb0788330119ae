"""Claims about the config of Pydantic, and the names of version 1: L28, L29, L31, L228."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from fastapi import FastAPI
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PydanticDeprecatedSince20,
    StringConstraints,
    ValidationError,
    create_model,
)

if TYPE_CHECKING:
    from tests.claims.conftest import Ask


class Course(BaseModel):
    """A card with a name of the API."""

    title: str
    price_paise: int = Field(default=0, alias="pricePaise")


class FromRow(Course):
    """The same, to be read from a row."""

    model_config = ConfigDict(from_attributes=True)


class Row:
    """What an ORM gives."""

    title = "ECG for the ward"
    price_paise = 149_900


class Link(BaseModel):
    """What stands inside of a form, and inherits nothing of it."""

    label: str


class Form(BaseModel):
    """A form with the config of a house."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="forbid")

    name: str
    tags: list[str]
    codes: dict[str, str]
    link: Link
    body: Annotated[str, StringConstraints(strip_whitespace=False)]


class NotEmpty(BaseModel):
    """A form whose house asks for a character in every text."""

    model_config = ConfigDict(str_min_length=1)

    city: str = ""


class Strict(BaseModel):
    """An answer that inherits what is meant for forms."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="forbid")

    by_email: bool = True
    note: str = ""


class Stored:
    """A row with more than the answer shows."""

    by_email = True
    note = ""
    more = 1


def test_some_old_names_warn_and_work() -> None:
    """The methods, the decorators and `class Config` do what they did."""
    course = Course(title="ECG")
    old: Any = course
    with pytest.warns(PydanticDeprecatedSince20, match="`dict` method"):
        assert old.dict() == course.model_dump()
    with pytest.warns(PydanticDeprecatedSince20, match="`json` method"):
        assert old.json() == course.model_dump_json()
    with pytest.warns(PydanticDeprecatedSince20, match="class-based `config`"):

        class Strips(BaseModel):
            class Config:
                str_strip_whitespace = True

            title: str

    assert Strips(title=" ECG ").title == "ECG"


@pytest.mark.parametrize(
    ("old", "value", "new"),
    [
        ("anystr_strip_whitespace", True, "str_strip_whitespace"),
        ("allow_population_by_field_name", True, "validate_by_name"),
        ("schema_extra", {"example": {"title": "ECG"}}, "json_schema_extra"),
    ],
)
def test_some_old_names_do_nothing(old: str, value: object, new: str) -> None:
    """A key that was renamed is a warning and no setting: the model is what it is without any."""
    without, right = _course({}), _course({new: value})
    with pytest.warns(UserWarning, match="Valid config keys have changed"):
        wrong = _course({old: value})
    assert _behaviour(wrong) == _behaviour(without) != _behaviour(right)


def test_one_meaning_changed_without_a_word() -> None:
    """`| None` says what may be sent; that it may be left out says the default alone."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        form = create_model("Form", years=(int | None, ...), hours=(int | None, None))
        annotated = create_model("Annotated", __base__=BaseModel, years=int | None)
    assert form.model_validate({"years": None}).model_dump() == {"years": None, "hours": None}
    for model in (form, annotated):
        with pytest.raises(ValidationError, match="Field required"):
            model.model_validate({})


async def test_an_answer_is_read_from_attributes_without_being_told(ask: Ask) -> None:
    """FastAPI reads the attributes of a row; a plain `model_validate` refuses it."""
    app = FastAPI()

    class Plain(BaseModel):
        title: str
        price_paise: int

    @app.get("/course", response_model=Plain)
    async def read() -> Row:
        return Row()

    async with ask(app) as client:
        answer = await client.get("/course")
    assert answer.json() == {"title": Row.title, "price_paise": Row.price_paise}
    with pytest.raises(ValidationError, match="model_type"):
        Plain.model_validate(Row())


def test_attributes_are_read_under_the_alias() -> None:
    """Without `validate_by_name` the price of a row is not found, and a default takes its place in silence."""
    assert FromRow.model_validate(Row()).price_paise == 0

    class ByName(FromRow):
        model_config = ConfigDict(validate_by_name=True)

    assert ByName.model_validate(Row()).price_paise == Row.price_paise


def test_the_config_of_a_base_reaches_its_own_texts_only() -> None:
    """It holds in lists and dicts, not in a model that a field holds; a type that says otherwise is stronger."""
    sent = {"name": " a ", "tags": [" b "], "codes": {" c ": " d "}, "link": {"label": " e "}, "body": " f "}
    seen = Form.model_validate(sent).model_dump()
    assert seen == {"name": "a", "tags": ["b"], "codes": {"c": "d"}, "link": {"label": " e "}, "body": " f "}


def test_a_least_length_for_all_refuses_what_may_be_empty() -> None:
    """A default is not validated, so a text may be left out and not be sent empty."""
    assert NotEmpty().city == ""
    with pytest.raises(ValidationError, match="string_too_short"):
        NotEmpty(city="")


async def test_an_answer_that_inherits_the_rules_for_forms_changes_what_it_shows(ask: Ask) -> None:
    """It strips what is stored, and a dict with one key more is a 500; an object with more attributes is none."""
    app = FastAPI()
    answers: dict[str, Any] = {"dict": {"by_email": False, "more": 1}, "row": Stored(), "text": {"note": " a "}}

    @app.get("/{kind}", response_model=Strict)
    async def read(kind: str) -> Any:  # noqa: ANN401 - three kinds
        return answers[kind]

    async with ask(app) as client:
        seen = {kind: await client.get(f"/{kind}") for kind in answers}
    assert {kind: answer.status_code for kind, answer in seen.items()} == {"dict": 500, "row": 200, "text": 200}
    assert seen["text"].json()["note"] == "a"


def _course(config: Any) -> type[BaseModel]:  # noqa: ANN401 - also keys that no config has
    return create_model("Course", __config__=config, title=(str, Field(default="", alias="courseTitle")))


def _behaviour(model: type[BaseModel]) -> tuple[object, ...]:
    """Return what the three settings change."""
    by_both = (model.model_validate({name: " ECG "}).model_dump() for name in ("title", "courseTitle"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the schema of a default warns of an old key once more
        return (*by_both, model.model_json_schema().get("example"))
