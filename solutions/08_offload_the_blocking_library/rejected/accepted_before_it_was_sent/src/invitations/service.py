from email.message import EmailMessage

from fastapi import BackgroundTasks

from src.invitations.schemas import Invitation, InvitationCreate, Invitations
from src.mail.mailer import Mailer

SENDER = "webinars@docfliq.example"


def invite(mailer: Mailer, invitation: InvitationCreate, later: BackgroundTasks) -> Invitations:
    later.add_task(mailer.send, [_letter(invitation, email) for email in invitation.emails])
    return Invitations(
        items=[Invitation(email=email, outcome="accepted") for email in invitation.emails]
    )


def _letter(invitation: InvitationCreate, email: str) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"] = SENDER, email
    letter["Subject"] = f"You are invited: {invitation.webinar}"
    letter.set_content(f"Join us on Docfliq for {invitation.webinar}.")
    return letter
