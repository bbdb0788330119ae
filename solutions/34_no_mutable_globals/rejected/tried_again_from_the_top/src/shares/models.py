from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from src.database import Base
from src.posts.models import Post


class ShareCount(Base):
    __tablename__ = "share_counts"

    post_id: Mapped[UUID] = mapped_column(ForeignKey(Post.id), primary_key=True)
    platform: Mapped[str] = mapped_column(String(20), primary_key=True)
    count: Mapped[int]
