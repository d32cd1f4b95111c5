"""Journeys: looked at, asked for by name, cancelled, tried again."""

import re
from datetime import date, timedelta

from api.admin.resource import Asked, Resource
from api.admin.wire.cursors import cursor, parts
from api.admin.wire.journeys import JourneyLine, JourneyQuery, StartBody, Started
from api.admin.wire.pages import Page
from api.admin.wire.story import JourneyStory, story
from comeback.errors import InvalidInput, NotFound
from comeback.reactivation.journey_list import Place, Wanted
from comeback.runtime import wiring

journeys = Resource("journeys")
DAYS = 30
PLACE = re.compile(r"(\d{4}-\d\d-\d\d)\|([a-z2-7]{0,40})")


@journeys.get("/journeys", query=JourneyQuery, answers=Page[JourneyLine])
def list_journeys(asked: Asked[JourneyQuery]) -> Page[JourneyLine]:
    """Journeys, the newest campaign first. A page may hold fewer than `limit`, even none, and have a next."""
    look, company_id, store = asked.query, asked.company_id, wiring.store()
    found = wiring.journey_list().page(
        company_id, _wanted(look, wiring.local_today(company_id)), look.limit, _place(look.cursor)
    )
    clients = store.profiles(company_id, [j.client_id for j in found.found])
    catalogue, behind = store.catalogue(company_id), found.following
    shown = [JourneyLine.of(j, clients.get(j.client_id), catalogue) for j in found.found]
    return Page(shown, cursor(behind.on.isoformat(), behind.journey_id) if behind else None)


@journeys.get("/journeys/{client}/{journey}", answers=JourneyStory, etag=True)
def read_journey(asked: Asked[None]) -> JourneyStory:
    """One journey: every attempt with its message, times and facts, what happened when, what came of it."""
    return _told(asked)


def _told(asked: Asked[None]) -> JourneyStory:
    company_id, client_id, store = asked.company_id, asked.path["client"], wiring.store()
    file = store.client(company_id, client_id)
    journey = file.journey(asked.path["journey"])
    if journey is None:
        raise NotFound("no such journey")
    messages = store.messages(company_id, client_id)
    heard, catalogue = store.heard(company_id, client_id), store.catalogue(company_id)
    return story(journey, file, catalogue, messages, heard, asked.caller.user_id)


@journeys.post("/journeys", body=StartBody, answers=Started, status=202, creates=True)
def start_journey(asked: Asked[StartBody]) -> Started:
    """Writes to one client about one service now, if nothing forbids it. It begins within seconds."""
    body, user_id = asked.body, asked.caller.user_id
    journey_id = wiring.manual_campaign().start(
        asked.company_id,
        body.client_id,
        body.service_id,
        key=asked.id,
        user_id=user_id,
        force=body.force,
    )
    return Started(body.client_id, journey_id)


@journeys.post("/journeys/{client}/{journey}/cancel", answers=JourneyStory)
def cancel_journey(asked: Asked[None]) -> JourneyStory:
    """Ends a journey. A message that has not left stays here; one that has may still be answered."""
    client_id, journey_id = asked.path["client"], asked.path["journey"]
    user_id = asked.caller.user_id
    wiring.cancel_journey().run(asked.company_id, client_id, journey_id, user_id)
    return _told(asked)


@journeys.post("/journeys/{client}/{journey}/retry", answers=Started, status=202)
def retry_journey(asked: Asked[None]) -> Started:
    """Another journey in the place of one that failed; each is tried again once."""
    client_id, user_id = asked.path["client"], asked.caller.user_id
    again = wiring.manual_campaign().again
    return Started(
        client_id, again(asked.company_id, client_id, asked.path["journey"], user_id=user_id)
    )


def _wanted(look: JourneyQuery, today: date) -> Wanted:
    until = look.until or today
    since = look.since or until - timedelta(days=DAYS)
    if since > until:
        raise InvalidInput("since", "is after until", "Begin with the earlier day")
    states = (look.state,) if look.state else ()
    return Wanted(since, until, states, look.service, look.channel, look.response, look.completion)


def _place(given: str) -> Place | None:
    if not given:
        return None
    on, journey_id = parts(given, PLACE)
    try:
        return Place(date.fromisoformat(on), journey_id)
    except ValueError as error:
        raise InvalidInput("cursor", "is none of ours", "Send `next` as it came") from error
