import logging

from src.exceptions import DocfliqError
from src.verification.council import Council, CouncilBusyError, CouncilError
from src.verification.schemas import VerificationPublic

logger = logging.getLogger(__name__)


async def verify(council: Council, doctor: str, number: str) -> VerificationPublic:
    try:
        entry = await council.find(number)
    except CouncilBusyError as error:
        pause = {"Retry-After": str(error.seconds)}
        raise DocfliqError("rate_limited", "Please try later.", headers=pause) from error
    except CouncilError as error:
        logger.exception("the register of the councils failed")
        message = "The register of the councils does not answer. Please try later."
        raise DocfliqError("council_unavailable", message) from error
    if entry is None or entry.full_name != doctor:
        raise DocfliqError("license_not_found", "There is no such licence in your name.")
    return VerificationPublic(
        full_name=entry.full_name, council=entry.council, registered_in=entry.registered_in
    )
