"""Example rows: three payments that are captured, and one that is not."""

from uuid import UUID

from docfliq_katas.database import PostgresDatabase

from src.database import Base
from src.payments import models as _payments  # noqa: F401 - the tables belong to the metadata

AMOUNT = 119_920


def payment_id(number: int) -> UUID:
    """Return the id of an example payment."""
    return UUID(f"00000000-0000-4000-8000-0000000000f{number}")


CAPTURED = tuple(map(payment_id, (1, 2, 3)))
CREATED, UNKNOWN = payment_id(4), payment_id(9)


async def seed(postgres: PostgresDatabase) -> None:
    """Create the tables and fill them, for the tests and for `kata run 48`."""
    await postgres.create_tables(Base.metadata)
    await postgres.executemany(
        "INSERT INTO payments (id, provider_payment_id, amount_paise, status)"
        " VALUES ($1, $2, $3, $4)",
        [
            (one, provider_id(one), AMOUNT, "created" if one == CREATED else "captured")
            for one in (*CAPTURED, CREATED)
        ],
    )


def provider_id(payment: UUID) -> str:
    """Return what Razorpay calls a payment."""
    return f"pay_demo_{str(payment)[-3:]}"
