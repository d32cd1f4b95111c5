"""JourneyList: journeys page by page, the newest campaign first, filtered.

A day is one partition of an index; what a filter leaves out has been read all the same, so a page ends, full or not, when it has
looked through enough.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from comeback.conversations.model import ChannelKind
from comeback.ports import Store
from comeback.reactivation.model import Completion, Journey, JourneyState, Outcome

LOOKED_THROUGH = 400
"""Journeys that one page reads at most; and DAYS of them."""
DAYS = 62


@dataclass(frozen=True)
class Wanted:
    """Campaign days, both included (the company's local ones); what is empty leaves nothing out."""

    since: date
    until: date
    states: Collection[JourneyState] = ()
    service_id: str = ""
    channel: ChannelKind | None = None
    outcome: Outcome | None = None
    """Of the last attempt: what the client answered, or that they did not."""
    completion: Completion | None = None

    def takes(self, journey: Journey) -> bool:
        attempt = journey.attempt
        told = (
            (self.channel, attempt.address.channel if attempt.address else None),
            (self.outcome, attempt.outcome),
            (self.completion, journey.completion),
            (self.service_id, journey.service_id),
        )
        if self.states and journey.state not in self.states:
            return False
        return all(not asked or asked == found for asked, found in told)


class Place(NamedTuple):
    """Behind which journey of which day the next page begins; an empty id: with the day's first."""

    on: date
    journey_id: str = ""


class Journeys(NamedTuple):
    found: tuple[Journey, ...]
    following: Place | None
    """None: that was the last page."""


@dataclass(frozen=True)
class JourneyList:
    store: Store

    def page(
        self, company_id: str, wanted: Wanted, limit: int, after: Place | None = None
    ) -> Journeys:
        """At most `limit`; a page that has looked through enough may be shorter, and have a following one."""
        begin = after or Place(wanted.until)
        last = max(wanted.since, begin.on - timedelta(days=DAYS))
        found: list[Journey] = []
        seen = begin
        for looked, journey in enumerate(self._from(company_id, begin, last)):
            if len(found) == limit or looked == LOOKED_THROUGH:
                return Journeys(tuple(found), seen)
            seen = Place(journey.campaign_on, journey.journey_id)
            if wanted.takes(journey):
                found.append(journey)
        following = Place(last - timedelta(days=1)) if last > wanted.since else None
        return Journeys(tuple(found), following)

    def _from(self, company_id: str, begin: Place, last: date) -> Iterator[Journey]:
        for days in range((begin.on - last).days + 1):
            after = begin.journey_id if not days else ""
            on = begin.on - timedelta(days=days)
            yield from self.store.journeys_on(company_id, on, after)
