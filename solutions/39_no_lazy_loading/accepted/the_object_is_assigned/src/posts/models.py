from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import DateTime, ForeignKey, String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from src.channels.models import Channel
from src.database import Base


class Post(Base):
    __tablename__ = "posts"

    post_id: Mapped[UUID] = mapped_column("id", primary_key=True, default=uuid4)
    author_id: Mapped[UUID]
    channel_id: Mapped[UUID | None] = mapped_column(ForeignKey("channels.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), index=True
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now()
    )

    channel: Mapped[Channel | None] = relationship(lazy="raise")
