from pydantic import BaseModel


class CertificatePublic(BaseModel):
    recipient_name: str
    course_title: str
    link: str
