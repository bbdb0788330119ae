from uuid import UUID

from src.audit.models import AuditEvent


class AuditTrail:
    """What one request does; all of it becomes one event."""

    def __init__(self, actor_id: UUID) -> None:
        self.actor_id = actor_id
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def event(self) -> AuditEvent:
        return AuditEvent(actor_id=self.actor_id, notes=self.notes)
