from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header
from sqlalchemy import select

from src.channels.models import Channel
from src.database import Session
from src.exceptions import ChannelNotFoundError

# The gateway has checked the token; it passes on whose it is.
CurrentUserId = Annotated[UUID, Header(alias="X-User-Id")]


async def existing_channel(session: Session, slug: str) -> Channel:
    channel: Channel | None = await session.scalar(select(Channel).where(Channel.slug == slug))
    if channel is None:
        raise ChannelNotFoundError
    return channel


ExistingChannel = Annotated[Channel, Depends(existing_channel)]
