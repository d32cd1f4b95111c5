"""The audit log, as it is shown."""

from datetime import datetime

from msgspec import Struct


class AuditEntry(Struct):
    """One change: who made it, of what. No personal data: ids, and names of fields."""

    at: datetime
    user_id: str
    operation: str
    target: str
    fields: tuple[str, ...]
