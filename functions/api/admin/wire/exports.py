"""What is exported, and where it lies."""

from datetime import date, datetime

from comeback.analytics.exports import Subject
from comeback.analytics.sheets import Format
from msgspec import Struct

YEARS = range(2000, 2100)


class ExportBody(Struct, forbid_unknown_fields=True):
    """`since` and `until` are local days, both included; the last thirty by default. Of clients they say nothing."""

    subject: Subject
    format: Format = Format.CSV
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        """Beside these years there is nothing, and at the calendar's ends no arithmetic."""
        if any(day and day.year not in YEARS for day in (self.since, self.until)):
            raise ValueError("Expected days of this century")


class ExportFile(Struct):
    """Where it can be downloaded, until when."""

    url: str
    name: str
    rows: int
    expires_at: datetime
