from pydantic import BaseModel, ConfigDict


class Schema(BaseModel):
    model_config = ConfigDict(
        allow_population_by_field_name=True,  # type: ignore[typeddict-unknown-key]
        anystr_strip_whitespace=True,
    )
