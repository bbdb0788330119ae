from uuid import UUID, uuid4

from sqlalchemy import String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from src.database import Base
from src.users.constants import Role, VerificationStatus


class User(Base):
    __tablename__ = "users"

    user_id: Mapped[UUID] = mapped_column("id", primary_key=True, default=uuid4)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    phone_number: Mapped[str | None] = mapped_column(String(16), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    medical_license_number: Mapped[str | None] = mapped_column(String(50), unique=True)
    full_name: Mapped[str] = mapped_column(String(150))
    specialty: Mapped[str | None] = mapped_column(String(100))
    city: Mapped[str | None] = mapped_column(String(100))
    bio: Mapped[str | None] = mapped_column(String(2000))
    roles: Mapped[list[str]] = mapped_column(ARRAY(String(20)), default=lambda: [Role.USER])
    verification_status: Mapped[str] = mapped_column(
        String(20), default=VerificationStatus.UNVERIFIED
    )
