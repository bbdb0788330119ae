from fastapi import APIRouter, HTTPException, status

from src.certificates import service as certificates_service
from src.certificates.schemas import CertificatePublic

router = APIRouter(prefix="/certificates", tags=["certificates"])


@router.get("/{number}")
async def show_certificate(number: str, code: str) -> CertificatePublic:
    certificate = certificates_service.verify(number, code)
    if certificate is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "certificate_not_found")
    return certificate
