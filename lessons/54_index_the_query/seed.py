"""Example documents: 12 doctors with 20 notifications each, about 20 posts."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase

DOCTORS = [UUID(int=0xD0C << 64 | number) for number in range(0xA1, 0xA1 + 12)]
POSTS = [UUID(int=0x905 << 64 | number) for number in range(20)]
ASHA, ROHAN = DOCTORS[:2]
_START = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
_CODEC = CodecOptions[dict[str, Any]](
    tz_aware=True, uuid_representation=UuidRepresentation.STANDARD
)


def notifications(mongodb: AsyncDatabase[dict[str, Any]]) -> AsyncCollection[dict[str, Any]]:
    """Return the collection, with UUIDs in the form in which the app stores them."""
    return mongodb.get_collection("notifications", codec_options=_CODEC)


def notification(number: int) -> dict[str, Any]:
    """Return one document: 20 in turn for each doctor (12 unread), 12 in turn for each post."""
    return {
        "recipient_id": DOCTORS[number % 12],
        "actor": {"user_id": ROHAN, "name": "Dr. Rohan Kulkarni", "is_verified": True},
        "type": ("like", "comment", "mention")[number // 12 % 3],
        "post_id": POSTS[number % 20],
        "snippet": f"About case {number}",
        "is_read": number // 12 % 5 < 2,
        # Not in the order in which they are stored: some arrive late.
        "created_at": _START + timedelta(minutes=number * 7 % 240),
    }


async def seed(mongodb: AsyncDatabase[dict[str, Any]]) -> None:
    """Fill the collection with 240 notifications."""
    await notifications(mongodb).insert_many([notification(number) for number in range(240)])
