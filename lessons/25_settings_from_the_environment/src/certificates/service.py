import hashlib
import hmac
import os

from src.certificates.register import CERTIFICATES
from src.certificates.schemas import CertificatePublic
from src.config import PUBLIC_URL

SECRET = os.environ.get("CERTIFICATES_SECRET", "c3rt-9ad0b6e2f7714c55b1d8360f2ae47c19").encode()


def verify(number: str, code: str) -> CertificatePublic | None:
    expected = hmac.new(SECRET, number.encode(), hashlib.sha256).hexdigest()[:16].upper()
    if not hmac.compare_digest(expected.encode(), code.encode()):
        return None
    for certificate in CERTIFICATES:
        if certificate.number == number:
            return CertificatePublic(
                recipient_name=certificate.recipient_name,
                course_title=certificate.course_title,
                link=f"{PUBLIC_URL}/certificates/{number}?code={code}",
            )
    return None
