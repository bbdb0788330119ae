from src.notifications import constants as notifications_constants
from src.notifications.schemas import Notification
from src.posts import service as posts_service


def like_notice(recipient_id: str, liker_name: str, title: str) -> Notification:
    text = f"{liker_name} likes “{title}”"
    kind = notifications_constants.NotificationType.LIKE
    return Notification(recipient_id, kind, posts_service.snippet_of(text))
