from pydantic import BaseModel, ConfigDict


class Schema(BaseModel):
    model_config = ConfigDict(validate_by_name=True, str_strip_whitespace=True)
