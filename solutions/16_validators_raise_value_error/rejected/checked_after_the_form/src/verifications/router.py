from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError

from src.verifications import service as verifications_service
from src.verifications.constants import WITHDRAWN
from src.verifications.schemas import (
    LicensePublic,
    Report,
    VerificationForm,
    VerificationList,
    VerificationPublic,
)
from src.verifications.validators import LicenseNumber

router = APIRouter(tags=["verifications"])


@router.post("/verifications/check", response_model=VerificationPublic)
async def check_form(form: VerificationForm) -> VerificationForm:
    if problems := verifications_service.problems(form):
        raise RequestValidationError(
            [{"loc": ("body", field), "msg": reason} for field, reason in problems.items()]
        )
    return form


@router.post("/verifications/check-list")
async def check_list(form: VerificationList) -> Report:
    return verifications_service.check_rows(form.rows)


@router.get("/licenses/{license_number}")
async def read_license(license_number: LicenseNumber) -> LicensePublic:
    return LicensePublic(license_number=license_number, is_withdrawn=license_number in WITHDRAWN)
