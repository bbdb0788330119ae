from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    mail_host: str = "127.0.0.1"
    mail_port: int = 8025
    mail_timeout: float = 30.0
    mail_sessions: int = 4
