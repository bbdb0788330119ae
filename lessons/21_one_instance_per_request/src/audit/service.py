from uuid import UUID

from src.audit.models import AuditEvent


class AuditTrail:
    """What one request does; all of it becomes one event."""

    actor_id: UUID
    notes: list[str]

    def begin(self, actor_id: UUID) -> None:
        self.actor_id, self.notes = actor_id, []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def event(self) -> AuditEvent:
        return AuditEvent(actor_id=self.actor_id, notes=self.notes)
