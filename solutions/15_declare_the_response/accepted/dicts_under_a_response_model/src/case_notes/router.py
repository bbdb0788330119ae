from typing import Annotated, Any

from beanie import PydanticObjectId
from fastapi import APIRouter, HTTPException, Query, status

from src.auth.dependencies import CurrentUserId
from src.case_notes import service as case_notes_service
from src.case_notes.schemas import CaseNoteList, CaseNotePublic, UsefulCount

router = APIRouter(prefix="/case-notes", tags=["case notes"])

Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("", response_model=CaseNoteList)
async def list_notes(limit: Limit = 20) -> dict[str, Any]:
    return {"items": await case_notes_service.latest(limit)}


@router.get("/{note_id}", response_model=CaseNotePublic)
async def read_note(note_id: PydanticObjectId) -> dict[str, Any]:
    note = await case_notes_service.read(note_id)
    if note is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "case_note_not_found")
    return note


@router.put("/{note_id}/useful", response_model=UsefulCount)
async def mark_useful(user_id: CurrentUserId, note_id: PydanticObjectId) -> dict[str, Any]:
    note = await case_notes_service.mark_useful(note_id, user_id)
    if note is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "case_note_not_found")
    return note
