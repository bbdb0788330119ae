from typing import Annotated

from fastapi import APIRouter, Depends, Request

from src.licences import service as licences_service
from src.licences.schemas import LicenceCheck, LicenceClaim
from src.medical_register.client import MedicalRegister

router = APIRouter(tags=["licences"])


async def get_register(request: Request) -> MedicalRegister:
    register: MedicalRegister = request.state.register
    return register


Register = Annotated[MedicalRegister, Depends(get_register)]


@router.post("/licence-checks")
async def check_licence(claim: LicenceClaim, register: Register) -> LicenceCheck:
    return await licences_service.check(register, claim)
