from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str
    redis_url: str
    images_url: str = "http://127.0.0.1:8090"
