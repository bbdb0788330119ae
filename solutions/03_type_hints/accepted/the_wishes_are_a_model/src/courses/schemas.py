from pydantic import BaseModel


class Wishes(BaseModel):
    previews_only: bool = False
    shorter_than: int = 600
    limit: int = 20
