from typing import Annotated
from uuid import UUID

from fastapi import Header

# The gateway has checked the token; it passes on whose it is.
CurrentUserId = Annotated[UUID, Header(alias="X-User-Id")]
