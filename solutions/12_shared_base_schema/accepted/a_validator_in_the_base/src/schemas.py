from typing import Any, ClassVar

from pydantic import BaseModel, field_validator, model_validator
from pydantic_core.core_schema import ValidationInfo


class Form(BaseModel):
    kept_to_the_letter: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def has_no_stranger(cls, sent: Any) -> Any:
        if isinstance(sent, dict) and (strangers := set(sent) - set(cls.model_fields)):
            raise ValueError(f"unknown: {', '.join(sorted(strangers))}")
        return sent

    @field_validator("*", mode="before")
    @classmethod
    def without_blanks(cls, value: Any, info: ValidationInfo) -> Any:
        return value if info.field_name in cls.kept_to_the_letter else _stripped(value)


def _stripped(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        return {key: _stripped(each) for key, each in value.items()}
    return [_stripped(each) for each in value] if isinstance(value, list) else value
