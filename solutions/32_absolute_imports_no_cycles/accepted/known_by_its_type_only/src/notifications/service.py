from __future__ import annotations

from typing import TYPE_CHECKING

from src import utils
from src.notifications import constants as notifications_constants
from src.notifications.schemas import Notification

if TYPE_CHECKING:
    from src.posts.service import LikedPost


def like_notice(liked: LikedPost) -> Notification:
    text = f"{liked.liker_name} likes “{liked.title}”"
    kind = notifications_constants.NotificationType.LIKE
    return Notification(liked.author_id, kind, utils.snippet_of(text))
