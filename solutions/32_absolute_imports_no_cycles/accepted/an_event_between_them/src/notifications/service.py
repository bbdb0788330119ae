from src import utils
from src.notifications import constants as notifications_constants
from src.notifications.schemas import Notification
from src.posts.events import PostLiked


def like_notice(event: PostLiked) -> Notification:
    text = f"{event.liker_name} likes “{event.title}”"
    kind = notifications_constants.NotificationType.LIKE
    return Notification(event.author_id, kind, utils.snippet_of(text))
