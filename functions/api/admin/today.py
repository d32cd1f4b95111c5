"""The day as it stands, and the levers beside it: pause, an account's limits, messages in doubt."""

from datetime import timedelta

from api.admin.caller import Role
from api.admin.resource import Asked, Resource
from api.admin.wire.today import DaysQuery, Funnel, SettleBody, Today, named, today_of
from comeback.conversations.model import ChannelKind
from comeback.errors import InvalidInput, NotFound
from comeback.runtime import wiring

today = Resource("today")
DAYS = 30


@today.get("/funnel", query=DaysQuery, answers=Funnel)
def funnel(asked: Asked[DaysQuery]) -> Funnel:
    """How many were due, written to, read, answered, booked."""
    now = wiring.local_today(asked.company_id)
    since, until = asked.query.since or now - timedelta(days=DAYS), asked.query.until or now
    if since > until:
        raise InvalidInput("since", "is after until", "Begin with the earlier day")
    return Funnel(list(wiring.store().funnel(asked.company_id, since, until)))


@today.get("/today", answers=Today)
def read_today(asked: Asked[None]) -> Today:
    """The funnel so far, what may still leave, how accounts fare, and what needs a person."""
    return _told(asked)


@today.post("/pause", answers=Today)
def pause(asked: Asked[None]) -> Today:
    """Nobody is written to until it is resumed; answers are heard all the same."""
    wiring.pause().run(asked.company_id, asked.caller.user_id, paused=True)
    return _told(asked)


@today.post("/resume", answers=Today)
def resume(asked: Asked[None]) -> Today:
    """The next campaign comes at its hour."""
    wiring.pause().run(asked.company_id, asked.caller.user_id, paused=False)
    return _told(asked)


@today.post("/accounts/{channel}/reset", answers=Today, role=Role.OWNER)
def reset_account(asked: Asked[None]) -> Today:
    """Lets a stopped account go on, from the coldest level: look into the messenger's own console first."""
    channel = asked.path["channel"]
    if channel not in set(ChannelKind):
        raise NotFound("no such channel")
    user_id = asked.caller.user_id
    wiring.resume_account().run(asked.company_id, ChannelKind(channel), user_id)
    return _told(asked)


@today.post("/uncertain/{client}/{message}/settle", body=SettleBody, answers=Today)
def settle_message(asked: Asked[SettleBody]) -> Today:
    """Whether a message in doubt arrived, by whoever has looked."""
    wiring.settle_uncertain().settle(
        asked.company_id,
        asked.path["client"],
        asked.path["message"],
        arrived=asked.body.arrived,
        user_id=asked.caller.user_id,
    )
    return _told(asked)


def _told(asked: Asked[None] | Asked[SettleBody]) -> Today:
    found = wiring.standing_today().of(asked.company_id)
    clients = wiring.store().profiles(asked.company_id, named(found))
    return today_of(found, clients, asked.caller.user_id)
