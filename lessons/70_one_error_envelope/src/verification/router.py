from fastapi import APIRouter, Request

from src.auth.dependencies import CurrentDoctor
from src.verification import service as verification_service
from src.verification.schemas import VerificationPublic, VerificationRequest

router = APIRouter(prefix="/users/me/verification", tags=["verification"])


@router.post("")
async def verify(
    sent: VerificationRequest, doctor: CurrentDoctor, request: Request
) -> VerificationPublic:
    council = request.app.state.council
    return await verification_service.verify(council, doctor, sent.medical_license_number)
