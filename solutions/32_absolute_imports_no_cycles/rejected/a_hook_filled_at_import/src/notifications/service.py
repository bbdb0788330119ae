from src import utils
from src.notifications import constants as notifications_constants
from src.notifications.schemas import Notification


def like_notice(recipient_id: str, liker_name: str, title: str) -> Notification:
    text = f"{liker_name} likes “{title}”"
    kind = notifications_constants.NotificationType.LIKE
    return Notification(recipient_id, kind, utils.snippet_of(text))
