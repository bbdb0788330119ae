from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    redis_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    grace_seconds: int = 20
    heartbeat_seconds: float = 1.0
    fanout_batch: int = 100
    fanout_pause: float = 0.1
