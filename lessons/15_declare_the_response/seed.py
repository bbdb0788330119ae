"""Example documents: three doctors and four case notes, as they came together over the years."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from bson import ObjectId
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase

Form = dict[str, Any]

ASHA = UUID("00000000-0000-4000-8000-0000000000a1")
ROHAN = UUID("00000000-0000-4000-8000-0000000000a2")
FARAH = UUID("00000000-0000-4000-8000-0000000000a3")
MEERA = UUID("00000000-0000-4000-8000-0000000000a6")

WIDE, ANKLE, FEVER, DRAFT = (ObjectId(f"66f0000000000000000000b{number}") for number in range(1, 5))
_CODEC = CodecOptions[Form](tz_aware=True, uuid_representation=UuidRepresentation.STANDARD)

PROFILES: list[Form] = [
    {
        "user_id": ASHA,
        "username": "asha",
        "full_name": "Dr. Asha Menon",
        "specialty": "cardiology",
        "is_verified": True,
        "license_number": "KA-4471",
    },
    {
        "user_id": ROHAN,
        "username": "rohan",
        "full_name": "Dr. Rohan Kulkarni",
        "specialty": "orthopaedics",
        "is_verified": True,
    },
    # From before there were specialties.
    {
        "user_id": FARAH,
        "username": "farah",
        "full_name": "Dr. Farah Siddiqui",
        "is_verified": False,
    },
]
NOTES: list[Form] = [
    {
        "_id": WIDE,
        "author_id": ASHA,
        "title": "Reading a wide QRS at 3 a.m.",
        "specialty": "cardiology",
        "reading_minutes": 6,
        "sections": [
            {"heading": "The strip", "text": "Regular, broad, 180."},
            {"heading": "What we did", "text": "We waited for the second lead."},
        ],
        "tags": ["ecg", "arrhythmia"],
        "useful_to": [ROHAN, FARAH],
        "review": {"reviewer_id": MEERA, "remarks": "Thin. Has she seen this herself?"},
        "is_draft": False,
        "updated_at": datetime(2026, 3, 2, 3, 0, tzinfo=UTC),
    },
    {
        "_id": ANKLE,
        "author_id": ROHAN,
        "title": "Ankle fractures: when is a plain film enough?",
        "specialty": "orthopaedics",
        "reading_minutes": 4,
        "sections": [],
        "tags": [],
        "useful_to": [],
        "review": None,
        "is_draft": False,
        "updated_at": datetime(2026, 2, 14, 9, 30, tzinfo=UTC),
    },
    # From the importer, before there were tags; its numbers are texts.
    {
        "_id": FEVER,
        "author_id": FARAH,
        "title": "Fever in children",
        "specialty": "paediatrics",
        "reading_minutes": "7",
        "sections": [{"heading": "Wait", "text": "A day, if the child drinks."}],
        "is_draft": False,
        "updated_at": datetime(2024, 6, 30, 12, 0, tzinfo=UTC),
    },
    {
        "_id": DRAFT,
        "author_id": ASHA,
        "title": "A pacemaker that speaks",
        "specialty": "cardiology",
        "reading_minutes": 3,
        "sections": [],
        "tags": [],
        "useful_to": [],
        "review": None,
        "is_draft": True,
        "updated_at": datetime(2026, 3, 3, 8, 0, tzinfo=UTC),
    },
]


def case_notes(mongodb: AsyncDatabase[Form]) -> AsyncCollection[Form]:
    """Return the collection, with UUIDs in the form in which the app stores them."""
    return mongodb.get_collection("case_notes", codec_options=_CODEC)


def public_profiles(mongodb: AsyncDatabase[Form]) -> AsyncCollection[Form]:
    """Return the collection, likewise."""
    return mongodb.get_collection("public_profiles", codec_options=_CODEC)


async def seed(mongodb: AsyncDatabase[Form]) -> None:
    """Fill both collections, for the tests and for `kata run 15`."""
    await public_profiles(mongodb).insert_many([dict(doctor) for doctor in PROFILES])
    await case_notes(mongodb).insert_many(NOTES)
