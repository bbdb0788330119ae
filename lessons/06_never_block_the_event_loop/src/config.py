from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    register_gateway: str = "127.0.0.1:8106"
    register_timeout: float = 5.0
    register_pause: float = 0.5
