"""How the days go: the funnel."""

from datetime import date, timedelta

from api.admin.resource import Asked, Resource
from comeback.ports import FunnelDay
from comeback.runtime import wiring
from msgspec import Struct

today = Resource("today")
DAYS = 30


class DaysQuery(Struct, forbid_unknown_fields=True):
    """Local days of the company, both included; the last thirty by default."""

    since: date | None = None
    until: date | None = None


class Funnel(Struct):
    """Counts by stage, day by day."""

    days: list[FunnelDay]


@today.get("/funnel", query=DaysQuery, answers=Funnel)
def funnel(asked: Asked[DaysQuery]) -> Funnel:
    """How many were due, written to, read, answered, booked."""
    now = wiring.local_today(asked.company_id)
    since, until = asked.query.since or now - timedelta(days=DAYS), asked.query.until or now
    return Funnel(list(wiring.store().funnel(asked.company_id, since, until)))
