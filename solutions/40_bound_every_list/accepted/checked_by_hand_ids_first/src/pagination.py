from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException


@dataclass(frozen=True)
class PageParams:
    page: int
    page_size: int

    @property
    def start(self) -> int:
        return self.page_size * self.page - self.page_size

    @property
    def stop(self) -> int:
        return self.page_size * self.page


def page_params(page: int = 1, page_size: int = 20) -> PageParams:
    if not 1 <= page <= 1000:
        raise HTTPException(422, "page is 1 to 1000")
    if not 1 <= page_size <= 100:
        raise HTTPException(422, "page_size is 1 to 100")
    return PageParams(page, page_size)


Paging = Annotated[PageParams, Depends(page_params)]
