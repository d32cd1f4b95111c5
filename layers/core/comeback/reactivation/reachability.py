"""Whether, and where, a client may be written to now. Pure: the promises about consent live here."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from comeback.clients.model import VisitStatus, completed, may_market, opted_out
from comeback.companies.model import Company
from comeback.conversations.model import Account, Address, ChannelKind
from comeback.ports import ClientFile
from comeback.reactivation.account_health import standing
from comeback.reactivation.journey import NOT_ARRIVED, rest_ends
from comeback.reactivation.model import (
    Attempt,
    Completion,
    Journey,
    ServiceRule,
    SkipReason,
    Why,
)
from comeback.reactivation.scene import Scene
from comeback.reactivation.styles import usable

PROACTIVE = (ChannelKind.TELEGRAM, ChannelKind.WHATSAPP, ChannelKind.MAX)
"""Messengers that allow writing first (Instagram does not, promise 6)."""
TALK = timedelta(hours=3)
"""A client who wrote so lately is in a talk: no further message of a journey comes between."""


def choose_address(scene: Scene, closed: Collection[ChannelKind] = ()) -> Address | None:
    """The first of the company's channels where the client has an address, a consent, and was not unreachable. `closed`:
    where this attempt failed, or our account is stopped."""
    company, file = scene.company, scene.file
    for channel in company.channels:
        if channel not in PROACTIVE or channel in file.client.unreachable or channel in closed:
            continue
        if not may_market(file.consents, channel):
            continue
        address = next((a for a in file.client.addresses if a.channel is channel), None)
        if address:
            return address
    return None


def is_open(scene: Scene, address: Address | None, closed: Collection[ChannelKind]) -> bool:
    """Whether this very address may still be written to, were there a better one or not."""
    elsewhere = {c for c in scene.company.channels if address is None or c is not address.channel}
    return address is not None and choose_address(scene, {*closed, *elsewhere}) == address


def skip_reason(
    scene: Scene, journey: Journey, now: datetime, closed: Collection[ChannelKind]
) -> SkipReason | None:
    """Why this client must not be written to now; None: they may. The order is the order of weight."""
    company, file, rule = scene.company, scene.file, scene.rule
    if not company.enabled:
        return SkipReason.COMPANY_DISABLED
    if not rule.active:
        return SkipReason.RULE_INACTIVE
    if opted_out(file.consents):
        return SkipReason.OPTED_OUT
    if file.taken_over:
        return SkipReason.TAKEN_OVER
    if has_future_booking(file, now):
        return SkipReason.FUTURE_BOOKING
    if _came_since(file, journey):
        return SkipReason.NOT_DUE
    if file.client.away_until and file.client.away_until > now:
        return SkipReason.AWAY
    if _recently_written(file, journey, rule, now):
        return SkipReason.RECENT_MESSAGE
    if capped(company, file, now):
        return SkipReason.FREQUENCY_CAP
    if choose_address(scene, closed) is None:
        return _why_no_address(scene, closed)
    return None


def capped(company: Company, file: ClientFile, now: datetime) -> bool:
    """Whether one more marketing message would be too many for the week or the month, whatever it is about."""
    sent = marketing_sent(file)
    for days, most in ((7, company.week_cap), (30, company.month_cap)):
        if sum(moment > now - timedelta(days=days) for moment in sent) >= most:
            return True
    return False


def marketing_sent(file: ClientFile) -> tuple[datetime, ...]:
    """When marketing left for this client, of all journeys on file; what proved not to have arrived does not count."""
    return tuple(moment for journey in file.journeys for moment in _sent(journey))


def _sent(journey: Journey) -> tuple[datetime, ...]:
    return tuple(
        attempt.sent_at
        for attempt in journey.attempts
        if attempt.sent_at and attempt.outcome not in NOT_ARRIVED
    )


def closed_channels(
    scene: Scene, accounts: Mapping[ChannelKind, Account], attempt: Attempt, now: datetime
) -> frozenset[ChannelKind]:
    """Where this attempt has failed, our account is stopped, or WhatsApp has left us no template to begin with."""
    stopped = {c for c, account in accounts.items() if standing(account, now).stopped_by}
    whatsapp = accounts.get(ChannelKind.WHATSAPP)
    none_left = whatsapp is not None and not usable(whatsapp.templates_out, scene.language)
    if none_left and not scene.file.whatsapp_open(now):
        stopped.add(ChannelKind.WHATSAPP)
    return frozenset({*stopped, *attempt.failed})


def goes_on_at(journey: Journey, scene: Scene, now: datetime) -> datetime:
    """When the next attempt may be made (UTC): after the rest, and not amid what the client is saying."""
    return max(rest_ends(journey, scene.rule), talk_ends(scene.file, now))


def talk_ends(file: ClientFile, now: datetime) -> datetime:
    """`now` when there is none. What a messenger has dated far ahead is none: a journey does not wait for a wrong clock."""
    heard = [c.last_inbound_at for c in file.conversations if c.last_inbound_at]
    return max((at + TALK for at in heard if abs(now - at) < TALK), default=now)


def has_future_booking(file: ClientFile, now: datetime) -> bool:
    return any(v.status is VisitStatus.BOOKED and v.starts_at > now for v in file.visits)


def _came_since(file: ClientFile, journey: Journey) -> bool:
    visits = completed(file.visits, journey.service_id)
    return any(v.starts_at > journey.started_at for v in visits)


def _recently_written(file: ClientFile, journey: Journey, rule: ServiceRule, now: datetime) -> bool:
    """Another journey's message within the retry interval; who was away and named the day themselves may be written to, and
    whom the owner asks for by name: the week's and the month's caps hold for them too."""
    if journey.why is Why.MANUAL:
        return False
    since = now - timedelta(days=rule.retry_interval_days)
    others = (
        j
        for j in file.journeys
        if j.journey_id != journey.journey_id and j.completion is not Completion.AWAY
    )
    return any(sent > since for other in others for sent in _sent(other))


def _why_no_address(scene: Scene, closed: Collection[ChannelKind]) -> SkipReason:
    if closed and choose_address(scene):
        return SkipReason.ACCOUNT_STOPPED
    company, file = scene.company, scene.file
    reachable = [
        a
        for a in file.client.addresses
        if a.channel in company.channels
        and a.channel in PROACTIVE
        and a.channel not in file.client.unreachable
    ]
    return SkipReason.NO_CONSENT if reachable else SkipReason.NO_CHANNEL
