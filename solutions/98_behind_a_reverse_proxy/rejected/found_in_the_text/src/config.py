from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    host: str = "127.0.0.1"
    port: int = 8000
    trusted_proxies: str = "10.20.0.5"
    public_url: str = "https://api.docfliq.example"
