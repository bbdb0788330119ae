from pydantic_settings import BaseSettings, SettingsConfigDict


class FromEnvironment(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )
