"""Journeys: one client's way back, attempt by attempt."""

from api.admin.due import DayQuery
from api.admin.resource import Asked, Resource
from comeback.reactivation.model import Journey
from comeback.runtime import wiring
from msgspec import Struct

journeys = Resource("journeys")


class Journeys(Struct):
    """The journeys that one campaign day started."""

    journeys: list[Journey]


@journeys.get("/journeys", query=DayQuery, answers=Journeys)
def list_journeys(asked: Asked[DayQuery]) -> Journeys:
    """The journeys of a campaign day."""
    on = asked.query.on or wiring.local_today(asked.company_id)
    return Journeys(list(wiring.store().journeys_on(asked.company_id, on)))
