"""Who is due, and why."""

from datetime import date

from api.admin.resource import Asked, Resource
from comeback.reactivation.model import DueService
from comeback.runtime import wiring
from msgspec import Struct

due = Resource("due")


class DayQuery(Struct, forbid_unknown_fields=True):
    """A local day of the company; today by default."""

    on: date | None = None


class DueList(Struct):
    """Who is due on a day, oldest first."""

    on: date
    due: list[DueService]


@due.get("/due", query=DayQuery, answers=DueList)
def list_due(asked: Asked[DayQuery]) -> DueList:
    """Who is due on a local day, with the reason."""
    on = asked.query.on or wiring.local_today(asked.company_id)
    return DueList(on, list(wiring.store().due(asked.company_id, on)))
