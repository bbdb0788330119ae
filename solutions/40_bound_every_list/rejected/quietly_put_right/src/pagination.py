from typing import Annotated

from fastapi import Query
from pydantic import BaseModel


class PageParams(BaseModel):
    page: int = 1
    page_size: int = 20

    @property
    def limit(self) -> int:
        return min(max(self.page_size, 1), 100)

    @property
    def offset(self) -> int:
        return (min(max(self.page, 1), 1000) - 1) * self.limit


Paging = Annotated[PageParams, Query()]
