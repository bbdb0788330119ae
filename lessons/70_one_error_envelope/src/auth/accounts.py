from src.auth.schemas import AccountPublic, NewAccount
from src.exceptions import DocfliqError


class Accounts:
    """The identity service: who there is."""

    def __init__(self) -> None:
        self._emails = {"rohan@example.org"}

    async def add(self, new: NewAccount) -> AccountPublic:
        email = new.email.lower()
        if email in self._emails:
            raise DocfliqError("email_taken", "This e-mail address is in use.")
        self._emails.add(email)
        return AccountPublic(email=email, full_name=new.full_name)
