from typing import Annotated

from beanie import PydanticObjectId
from fastapi import APIRouter, HTTPException, Query, status
from fastapi.encoders import jsonable_encoder
from pydantic import ValidationError

from src.auth.dependencies import CurrentUserId
from src.case_notes import service as case_notes_service
from src.case_notes.schemas import CaseNoteList, CaseNotePublic, UsefulCount

router = APIRouter(prefix="/case-notes", tags=["case notes"])

Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("")
async def list_notes(limit: Limit = 20) -> CaseNoteList:
    notes = await case_notes_service.latest(limit)
    try:
        return CaseNoteList.model_validate({"items": notes})
    except ValidationError as error:
        raise HTTPException(
            status.HTTP_500_INTERNAL_SERVER_ERROR, jsonable_encoder(error.errors())
        ) from error


@router.get("/{note_id}")
async def read_note(note_id: PydanticObjectId) -> CaseNotePublic:
    note = await case_notes_service.read(note_id)
    if note is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "case_note_not_found")
    try:
        return CaseNotePublic.model_validate(note)
    except ValidationError as error:
        raise HTTPException(
            status.HTTP_500_INTERNAL_SERVER_ERROR, jsonable_encoder(error.errors())
        ) from error


@router.put("/{note_id}/useful")
async def mark_useful(user_id: CurrentUserId, note_id: PydanticObjectId) -> UsefulCount:
    note = await case_notes_service.mark_useful(note_id, user_id)
    if note is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "case_note_not_found")
    try:
        return UsefulCount.model_validate(note)
    except ValidationError as error:
        raise HTTPException(
            status.HTTP_500_INTERNAL_SERVER_ERROR, jsonable_encoder(error.errors())
        ) from error
