from pydantic import SecretStr

from src.config import FromEnvironment


class Settings(FromEnvironment):
    public_url: str
    certificates_secret: SecretStr


settings = Settings()
