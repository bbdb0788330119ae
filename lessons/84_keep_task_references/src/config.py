from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    redis_url: str
    push_host: str = "127.0.0.1"
    push_port: int = 4440
