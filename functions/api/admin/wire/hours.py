"""Hours of a week."""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Annotated

from comeback.companies.model import Hours
from comeback.errors import InvalidInput
from msgspec import Meta, Struct

Weekday = Annotated[int, Meta(ge=0, le=6)]


class DayHours(Struct, forbid_unknown_fields=True):
    """One weekday's hours, Monday=0, on the company's clock; `closes` excluded."""

    weekday: Weekday
    opens: time
    closes: time


Week = Annotated[list[DayHours], Meta(max_length=7)]


def to_week(hours: Mapping[int, Hours]) -> list[DayHours]:
    return [DayHours(day, h.opens, h.closes) for day, h in sorted(hours.items())]


def from_week(days: Iterable[DayHours], field: str) -> dict[int, Hours]:
    """Raises InvalidInput naming `field` for a day that is told twice."""
    found: dict[int, Hours] = {}
    for day in days:
        if day.weekday in found:
            raise InvalidInput(field, "tells a day twice", "Give each weekday once")
        found[day.weekday] = Hours(day.opens, day.closes)
    return found
