import hashlib
import hmac

from src.certificates.register import CERTIFICATES
from src.certificates.schemas import CertificatePublic
from src.config import CERTIFICATES_SECRET, PUBLIC_URL

SECRET = CERTIFICATES_SECRET.encode()


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
