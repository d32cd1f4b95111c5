"""What is exported, and where it lies."""

from datetime import date, datetime

from comeback.analytics.exports import Subject
from comeback.analytics.sheets import Format
from msgspec import Struct


class ExportBody(Struct, forbid_unknown_fields=True):
    """`since` and `until` are local days, both included; the last thirty by default. Of clients they say nothing."""

    subject: Subject
    format: Format = Format.CSV
    since: date | None = None
    until: date | None = None


class ExportFile(Struct):
    """Where it can be downloaded, until when."""

    url: str
    name: str
    rows: int
    expires_at: datetime
