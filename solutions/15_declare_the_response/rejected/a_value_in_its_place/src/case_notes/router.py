from typing import Annotated

from beanie import PydanticObjectId
from fastapi import APIRouter, HTTPException, Query, status

from src.auth.dependencies import CurrentUserId
from src.case_notes import service as case_notes_service
from src.case_notes.schemas import CaseNoteList, CaseNotePublic, UsefulCount

router = APIRouter(prefix="/case-notes", tags=["case notes"])

Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("")
async def list_notes(limit: Limit = 20) -> CaseNoteList:
    return CaseNoteList.model_validate({"items": await case_notes_service.latest(limit)})


@router.get("/{note_id}")
async def read_note(note_id: PydanticObjectId) -> CaseNotePublic:
    note = await case_notes_service.read(note_id)
    if note is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "case_note_not_found")
    return CaseNotePublic.model_validate(note)


@router.put("/{note_id}/useful")
async def mark_useful(user_id: CurrentUserId, note_id: PydanticObjectId) -> UsefulCount:
    note = await case_notes_service.mark_useful(note_id, user_id)
    if note is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "case_note_not_found")
    return UsefulCount.model_validate(note)
