from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic_core.core_schema import ValidationInfo


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def without_blanks(cls, value: Any, info: ValidationInfo) -> Any:
        is_text = isinstance(value, str) and info.field_name != "body"
        return value.strip() if is_text else value
