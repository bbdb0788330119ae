from dataclasses import dataclass


@dataclass(frozen=True)
class Certificate:
    number: str
    recipient_name: str
    course_title: str


# The pilot's certificates, until they move to the database.
CERTIFICATES = (
    Certificate("ecg-0001", "Imran Sheikh", "ECG for the ward"),
    Certificate("ecg-0002", "Dr. Rohan Kulkarni", "ECG for the ward"),
)
