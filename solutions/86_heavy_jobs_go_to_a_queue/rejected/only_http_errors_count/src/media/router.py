from uuid import UUID

from fastapi import APIRouter, HTTPException, Request, status

from src.database import Session
from src.media import service as media_service
from src.media.models import MediaAsset, MediaStatus
from src.media.schemas import MediaRead
from src.media.tasks import make_renditions

router = APIRouter(prefix="/media", tags=["media"])


@router.post(
    "/uploads/{media_id}/confirm",
    status_code=status.HTTP_202_ACCEPTED,
    response_model=MediaRead,
)
async def confirm_upload(request: Request, session: Session, media_id: UUID) -> MediaAsset:
    asset = await media_service.confirm(session, media_id)
    if asset is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "media_not_found")
    if asset.status == MediaStatus.PROCESSING:
        await session.commit()  # a worker may take the job before this request ends
        await make_renditions.kicker().with_broker(request.state.broker).kiq(asset.id)
    return asset


@router.get("/{media_id}", response_model=MediaRead)
async def read_media(session: Session, media_id: UUID) -> MediaAsset:
    asset = await session.get(MediaAsset, media_id)
    if asset is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "media_not_found")
    return asset
