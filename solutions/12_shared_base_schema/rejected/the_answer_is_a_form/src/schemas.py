from pydantic import BaseModel, ConfigDict


class Form(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True, extra="forbid")
