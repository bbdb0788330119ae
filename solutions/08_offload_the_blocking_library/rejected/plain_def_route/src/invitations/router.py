from typing import Annotated

from fastapi import APIRouter, Depends, Request

from src.invitations import service as invitations_service
from src.invitations.schemas import InvitationCreate, Invitations
from src.mail.mailer import Mailer

router = APIRouter(prefix="/invitations", tags=["invitations"])


async def get_mailer(request: Request) -> Mailer:
    mailer: Mailer = request.state.mailer
    return mailer


@router.post("")
def invite(
    invitation: InvitationCreate, mailer: Annotated[Mailer, Depends(get_mailer)]
) -> Invitations:
    return invitations_service.invite(mailer, invitation)
