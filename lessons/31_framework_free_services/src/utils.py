from typing import Any


def to_json(values: dict[str, object]) -> Any:
    from fastapi.encoders import jsonable_encoder

    return jsonable_encoder(values)
