from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from src.database import Base


class Channel(Base):
    __tablename__ = "channels"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(150), unique=True)


class Post(Base):
    __tablename__ = "posts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    channel_id: Mapped[UUID | None] = mapped_column(ForeignKey("channels.id"))
    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(String(5000), server_default="")
    status: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_posts_status", "status"),
        Index("ix_posts_channel_id_created_at", "channel_id", "created_at"),
    )
