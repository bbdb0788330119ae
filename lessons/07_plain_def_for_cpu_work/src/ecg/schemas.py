import struct

from pydantic import Base64Bytes, BaseModel, field_validator

RATE = 500  # samples per second
SHORTEST, LONGEST = 10, 300  # seconds


class Strip(BaseModel):
    """One lead of a recording: 500 samples per second, in microvolts, each of 16 bits."""

    samples: Base64Bytes

    @field_validator("samples")
    @classmethod
    def whole_samples(cls, samples: bytes) -> bytes:
        if not 2 * RATE * SHORTEST <= len(samples) <= 2 * RATE * LONGEST or len(samples) % 2:
            raise ValueError("a strip has 10 to 300 seconds of samples, each of two bytes")
        return samples

    def microvolts(self) -> list[int]:
        return list(struct.unpack(f"<{len(self.samples) // 2}h", self.samples))


class Reading(BaseModel):
    beats: int
    rate: int | None
    longest_pause_ms: int | None
    odd_beats: int


class Drawing(BaseModel):
    lows: list[int]
    highs: list[int]
