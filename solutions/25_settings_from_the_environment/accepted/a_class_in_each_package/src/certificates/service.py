import hashlib
import hmac

from src.certificates.config import settings
from src.certificates.register import CERTIFICATES
from src.certificates.schemas import CertificatePublic


def verify(number: str, code: str) -> CertificatePublic | None:
    secret = settings.certificates_secret.get_secret_value().encode()
    expected = hmac.new(secret, number.encode(), hashlib.sha256).hexdigest()[:16].upper()
    if not hmac.compare_digest(expected.encode(), code.encode()):
        return None
    for certificate in CERTIFICATES:
        if certificate.number == number:
            return CertificatePublic(
                recipient_name=certificate.recipient_name,
                course_title=certificate.course_title,
                link=f"{settings.public_url}/certificates/{number}?code={code}",
            )
    return None
