from datetime import datetime

from pydantic import BaseModel


class VerifiedCertificate(BaseModel):
    recipient_name: str
    course_title: str
    issued_at: datetime
    is_valid: bool
