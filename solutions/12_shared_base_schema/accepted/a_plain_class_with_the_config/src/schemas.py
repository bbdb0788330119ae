from pydantic import ConfigDict


class Form:
    model_config = ConfigDict(str_strip_whitespace=True, extra="forbid")
