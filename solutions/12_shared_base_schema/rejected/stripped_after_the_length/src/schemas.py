from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic_core.core_schema import ValidationInfo


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")

    @field_validator("*")
    @classmethod
    def without_blanks(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, list):
            return [each.strip() if isinstance(each, str) else each for each in value]
        is_text = type(value) is str and info.field_name != "body"
        return value.strip() if is_text else value
