from typing import Any

from pydantic_core import to_jsonable_python


def to_json(values: dict[str, object]) -> Any:
    return to_jsonable_python(values)
