from dataclasses import dataclass

from src.notifications import constants as notifications_constants


@dataclass(frozen=True)
class Notification:
    recipient_id: str
    type: notifications_constants.NotificationType
    snippet: str
