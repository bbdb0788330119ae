"""The lessons, read from their folders: the only place that knows how a lesson folder is laid out."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from docfliq_katas.errors import Misuse
from docfliq_katas.state import project_root

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
GuidelineLine = Annotated[str, StringConstraints(pattern=r"^L\d+$")]
ServiceName = Literal["postgres", "mongodb", "valkey"]

_FOLDER = re.compile(r"(?P<number>\d{2})_(?P<slug>[a-z0-9_]+)")


class Entry(BaseModel):
    """An entry of one of the course's TOML files: what it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class Link(Entry):
    """An official page to read on: its title and its address."""

    title: Text
    url: Text


class Chapter(Entry):
    """A group of lessons, in the order of `lessons/chapters.toml`."""

    key: str
    title: Text


class Lesson(Entry):
    """One lesson: what `lesson.toml` says, and where its files are."""

    folder: Path
    slug: Text
    title: Text
    rule: Text
    chapter: Text
    guidelines: Annotated[tuple[GuidelineLine, ...], Field(min_length=1)]
    services: tuple[ServiceName, ...]
    minutes: Annotated[int, Field(ge=1, le=120)]
    level: Literal["first steps", "everyday", "advanced"]
    edit: Annotated[tuple[Text, ...], Field(min_length=1)]
    red: Annotated[dict[str, Text], Field(min_length=1)]
    prerequisites: tuple[Text, ...]
    hints: Annotated[tuple[Text, ...], Field(min_length=3, max_length=3)]
    links: Annotated[tuple[Link, ...], Field(min_length=1)]
    linters: tuple[Text, ...]
    out_of_scope: Text
    restructures: bool = False
    """Whether the rule is about structure, so that its repair moves more than a few lines."""

    @property
    def number(self) -> str:
        """The two digits that order the lesson; the slug is its identity."""
        return self.folder.name[:2]

    @property
    def name(self) -> str:
        """The folder's name, such as `38_n_plus_one`."""
        return self.folder.name

    @property
    def test_file(self) -> Path:
        """The one file with the lesson's tests."""
        return self.folder / f"test_{self.slug}.py"

    @property
    def solution(self) -> Path:
        """The folder with the reference, the variants and the seal of the starter."""
        return self.folder.parent.parent / "solutions" / self.name

    @property
    def page(self) -> Path:
        """The lesson's page in the sources of the site."""
        return self.folder.parent.parent / "docs" / "lessons" / f"{self.slug}.md"

    @cached_property
    def tests(self) -> tuple[str, ...]:
        """The names of the lesson's test functions, in the order of the file."""
        tree = ast.parse(self.test_file.read_text(encoding="utf-8"))
        functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        return tuple(
            node.name for node in sorted(functions, key=lambda node: node.lineno) if node.name.startswith("test_")
        )


def lessons() -> list[Lesson]:
    """Return every lesson of the course, in order.

    Raises:
        Misuse: a lesson.toml cannot be read or does not say what it must.
    """
    return [read(folder) for folder in _folders()]


def folders() -> list[Path]:
    """Return every folder that looks like a lesson's by its name, with a lesson.toml or without, in order."""
    return sorted(path for path in (project_root() / "lessons").glob("[0-9][0-9]_*") if path.is_dir())


def chapters() -> list[Chapter]:
    """Return the chapters in the order of `lessons/chapters.toml`."""
    entries = toml(project_root() / "lessons" / "chapters.toml")
    return [Chapter(key=key, title=title) for key, title in entries.items()]


def find(query: str) -> Lesson:
    """Return the lesson that `query` means: `38`, `3`, `n_plus_one`, `38_n_plus_one` or a path to its folder.

    Raises:
        Misuse: no lesson answers to the query.
    """
    name = folder_name(query)
    if name is None:
        known = ", ".join(folder.name[:2] for folder in _folders())
        raise Misuse(f"no lesson {query!r}: the lessons are {known}; `kata list` names them")
    return read(project_root() / "lessons" / name)


def folder_name(query: str) -> str | None:
    """Return the name of the folder that `query` means, or None; reads no lesson.toml."""
    wanted = query.rstrip("/").rpartition("/")[2]
    for folder in _folders():
        number, _, slug = folder.name.partition("_")
        if wanted in {folder.name, slug, number} or (wanted.isdigit() and int(wanted) == int(number)):
            return folder.name
    return None


def read(folder: Path) -> Lesson:
    """Return the lesson in `folder`.

    Raises:
        Misuse: its lesson.toml is missing, is not TOML, lacks a field or has an unknown one.
    """
    path = folder / "lesson.toml"
    data = toml(path)
    match = _FOLDER.fullmatch(folder.name)
    if match is None or match["slug"] != data.get("slug"):
        raise Misuse(f"{_short(path)}: slug {data.get('slug')!r} and folder {folder.name!r} must agree, NN_slug")
    try:
        return Lesson(folder=folder, **data)
    except (ValidationError, TypeError) as error:
        raise Misuse(f"{_short(path)}: {first_problem(error)}") from None


def first_problem(error: ValidationError | TypeError) -> str:
    """Return the first thing that is wrong with an entry of such a file, in words."""
    if isinstance(error, TypeError):
        return str(error)
    problem = error.errors()[0]
    field = ".".join(str(part) for part in problem["loc"])
    return f"{field}: {problem['msg'][0].lower()}{problem['msg'][1:]}"


def _folders() -> list[Path]:
    # Whatever they are called: `read` says so of a wrong name, which no command should pass over.
    return sorted(path.parent for path in (project_root() / "lessons").glob("*/lesson.toml"))


def toml(path: Path) -> dict[str, Any]:
    """Return what a TOML file of the course says.

    Raises:
        Misuse: it is missing, or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Misuse(f"{_short(path)} is missing: restore it with `git checkout -- {_short(path)}`") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misuse(
            f"{_short(path)} is not valid TOML, {error}: repair it, or `git checkout -- {_short(path)}`"
        ) from None


def _short(path: Path) -> str:
    return str(path.relative_to(project_root())) if path.is_relative_to(project_root()) else str(path)
