from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from src.media.models import MediaAsset, MediaStatus
from src.media.schemas import Rendition
from src.users.models import User


async def confirm(session: AsyncSession, media_id: UUID) -> MediaAsset | None:
    asset = await session.get(MediaAsset, media_id, with_for_update=True)
    if asset is not None and asset.status != MediaStatus.COMPLETED:
        asset.status, asset.error = MediaStatus.PROCESSING, None
        await session.flush()
    return asset


async def complete(session: AsyncSession, media_id: UUID, made: Sequence[Rendition]) -> None:
    asset = await session.get_one(MediaAsset, media_id, with_for_update=True)
    if asset.status == MediaStatus.COMPLETED:
        return
    asset.status, asset.error = MediaStatus.COMPLETED, None
    asset.renditions = [rendition.object_key for rendition in made]
    added = sum(rendition.size_bytes for rendition in made)
    await session.execute(
        update(User)
        .where(User.id == asset.uploaded_by)
        .values(storage_used_bytes=User.storage_used_bytes + added)
    )


async def fail(session: AsyncSession, media_id: UUID, error: str) -> None:
    await session.execute(
        update(MediaAsset)
        .where(MediaAsset.id == media_id, MediaAsset.status != MediaStatus.COMPLETED)
        .values(status=MediaStatus.FAILED, error=error)
    )
