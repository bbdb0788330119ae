from uuid import UUID

from httpx import AsyncClient
from taskiq import Context, TaskiqDepends, async_shared_broker

from src.config import Settings
from src.media import service as media_service
from src.media.models import MediaAsset
from src.media.schemas import Rendition

WIDTHS = (150, 600, 1200)


# taskiq counts the first run too: two runs are one retry.
@async_shared_broker.task(retry_on_error=True, max_retries=2)
async def make_renditions(media_id: UUID, context: Context = TaskiqDepends()) -> None:
    sessions = context.state.sessions
    async with sessions() as session:
        asset = await session.get_one(MediaAsset, media_id)
    try:
        made = await _scale(asset.object_key)
    except Exception as error:
        async with sessions.begin() as session:
            await media_service.fail(session, media_id, type(error).__name__)
        raise
    else:
        async with sessions.begin() as session:
            await media_service.complete(session, media_id, made)


async def _scale(object_key: str) -> list[Rendition]:
    async with AsyncClient(base_url=Settings().images_url, timeout=300) as images:
        made = []
        for width in WIDTHS:
            wanted = {"object_key": object_key, "width": width}
            response = await images.post("/renditions", json=wanted)
            made.append(Rendition.model_validate(response.raise_for_status().json()))
        return made
