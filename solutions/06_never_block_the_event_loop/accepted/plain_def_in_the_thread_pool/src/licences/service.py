from src.licences.schemas import LicenceCheck, LicenceClaim
from src.medical_register.client import MedicalRegister


def check(register: MedicalRegister, claim: LicenceClaim) -> LicenceCheck:
    number = claim.licence_number
    found = register.find(number)
    if found is None:
        return LicenceCheck(licence_number=number, result="not_registered")
    if not found.is_active:
        return LicenceCheck(licence_number=number, result="struck_off", council=found.council)
    if found.full_name.casefold() != claim.full_name.casefold():
        return LicenceCheck(licence_number=number, result="name_differs", council=found.council)
    return LicenceCheck(licence_number=number, result="match", council=found.council)
