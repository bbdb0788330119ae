from src.utils import snippet_of

from . import constants
from .schemas import Notification


def like_notice(recipient_id: str, liker_name: str, title: str) -> Notification:
    text = f"{liker_name} likes “{title}”"
    kind = constants.NotificationType.LIKE
    return Notification(recipient_id, kind, snippet_of(text))
