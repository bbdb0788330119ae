from fastapi import APIRouter, HTTPException, status
from sqlalchemy import RowMapping

from src.certificates import service as certificates_service
from src.certificates.schemas import VerifiedCertificate
from src.database import Session

router = APIRouter(prefix="/certificates", tags=["certificates"])


@router.get("/verify/{code}", response_model=VerifiedCertificate)
async def verify_certificate(session: Session, code: str) -> RowMapping:
    certificate = await certificates_service.find_by_code(session, code)
    if certificate is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "certificate_not_found")
    return certificate
