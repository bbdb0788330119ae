from email.message import EmailMessage

from src.invitations.schemas import Invitation, InvitationCreate, Invitations
from src.mail.mailer import Mailer

SENDER = "webinars@docfliq.example"


def invite(mailer: Mailer, invitation: InvitationCreate) -> Invitations:
    outcomes = mailer.send([_letter(invitation, email) for email in invitation.emails])
    return Invitations(
        items=[
            Invitation(email=email, outcome=outcome)
            for email, outcome in zip(invitation.emails, outcomes, strict=True)
        ]
    )


def _letter(invitation: InvitationCreate, email: str) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"] = SENDER, email
    letter["Subject"] = f"You are invited: {invitation.webinar}"
    letter.set_content(f"Join us on Docfliq for {invitation.webinar}.")
    return letter
