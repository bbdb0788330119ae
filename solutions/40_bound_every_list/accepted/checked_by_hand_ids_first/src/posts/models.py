from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, String, func
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from src.database import Base


class Post(Base):
    __tablename__ = "posts"

    post_id: Mapped[UUID] = mapped_column("id", primary_key=True)
    channel_id: Mapped[UUID | None] = mapped_column(ForeignKey("channels.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(String(5000))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class Channel(Base):
    __tablename__ = "channels"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(150), unique=True)
    name: Mapped[str] = mapped_column(String(150))

    posts: WriteOnlyMapped[Post] = relationship()


class Comment(Base):
    __tablename__ = "comments"

    comment_id: Mapped[UUID] = mapped_column("id", primary_key=True)
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), index=True)
    body: Mapped[str] = mapped_column(String(2000))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
