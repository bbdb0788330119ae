from fastapi import APIRouter, BackgroundTasks, Request, status
from fastapi.responses import StreamingResponse

from src.case_notes import service as notes_service
from src.case_notes.schemas import ImportResult, Statistics

router = APIRouter(prefix="/case-notes", tags=["case notes"])


@router.post("/import", status_code=status.HTTP_201_CREATED)
async def import_notes(request: Request, tasks: BackgroundTasks) -> ImportResult:
    result = await notes_service.import_notes(request.stream())
    tasks.add_task(notes_service.update_search_index, result.notes)
    return result


@router.get("/statistics")
def statistics() -> Statistics:
    return notes_service.count()


@router.get("/export", response_class=StreamingResponse)
async def export() -> StreamingResponse:
    return StreamingResponse(notes_service.export_notes(), media_type="text/plain")
