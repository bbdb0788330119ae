from typing import Any
from uuid import UUID

from beanie import PydanticObjectId

from src.case_notes.models import CaseNote
from src.profiles.models import PublicProfile

_WITH_AUTHOR: list[dict[str, Any]] = [
    {
        "$lookup": {
            "from": PublicProfile.Settings.name,
            "localField": "author_id",
            "foreignField": "user_id",
            "as": "author",
        }
    },
    {"$unwind": "$author"},
    {
        "$set": {
            "id": {"$toString": "$_id"},
            "useful_count": {"$size": {"$ifNull": ["$useful_to", []]}},
        }
    },
    {
        "$project": {
            "_id": False,
            **dict.fromkeys(("id", "title", "specialty", "useful_count", "updated_at"), True),
            **dict.fromkeys(("author.user_id", "author.full_name", "author.is_verified"), True),
            "reading_minutes": {"$toInt": "$reading_minutes"},
            "sections.heading": True,
            "sections.text": True,
            "tags": {"$ifNull": ["$tags", []]},
        }
    },
]


async def latest(limit: int) -> list[dict[str, Any]]:
    newest = [{"$match": {"is_draft": False}}, {"$sort": {"updated_at": -1}}, {"$limit": limit}]
    card = {"$unset": ["sections", "tags"]}
    return await CaseNote.aggregate([*newest, *_WITH_AUTHOR, card]).to_list()


async def read(note_id: PydanticObjectId) -> dict[str, Any] | None:
    this = {"$match": {"_id": note_id, "is_draft": False}}
    found = await CaseNote.aggregate([this, *_WITH_AUTHOR]).to_list()
    return found[0] if found else None


async def mark_useful(note_id: PydanticObjectId, user_id: UUID) -> dict[str, Any] | None:
    this = CaseNote.find_one({"_id": note_id, "is_draft": False})
    await this.update({"$addToSet": {"useful_to": user_id}})
    note = await read(note_id)
    return note and {"id": note["id"], "useful_count": note["useful_count"]}
