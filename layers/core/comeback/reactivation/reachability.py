"""Whether, and where, a client may be written to now. Pure: the promises about consent live here."""

from datetime import datetime, timedelta

from comeback.clients.model import VisitStatus, may_market, opted_out
from comeback.companies.model import Company
from comeback.conversations.model import Address, ChannelKind
from comeback.ports import ClientFile
from comeback.reactivation.journey import last_sent
from comeback.reactivation.model import Journey, ServiceRule, SkipReason

PROACTIVE = (ChannelKind.TELEGRAM, ChannelKind.WHATSAPP, ChannelKind.MAX)
"""Messengers that allow writing first (Instagram does not, promise 6)."""


def choose_address(company: Company, file: ClientFile) -> Address | None:
    """The first of the company's channels where the client has an address, a consent, and was not unreachable."""
    for channel in company.channels:
        if channel not in PROACTIVE or channel in file.client.unreachable:
            continue
        if not may_market(file.consents, channel):
            continue
        address = next((a for a in file.client.addresses if a.channel is channel), None)
        if address:
            return address
    return None


def skip_reason(
    company: Company, file: ClientFile, rule: ServiceRule, journey: Journey, now: datetime
) -> SkipReason | None:
    """Why this client must not be written to now; None: they may. The order is the order of weight."""
    if not company.enabled:
        return SkipReason.COMPANY_DISABLED
    if not rule.active:
        return SkipReason.RULE_INACTIVE
    if opted_out(file.consents):
        return SkipReason.OPTED_OUT
    if has_future_booking(file, now):
        return SkipReason.FUTURE_BOOKING
    if _came_since(file, journey):
        return SkipReason.NOT_DUE
    if file.client.away_until and file.client.away_until > now:
        return SkipReason.AWAY
    if _recently_written(file, journey, rule, now):
        return SkipReason.RECENT_MESSAGE
    if choose_address(company, file) is None:
        return _why_no_address(company, file)
    return None


def has_future_booking(file: ClientFile, now: datetime) -> bool:
    return any(v.status is VisitStatus.BOOKED and v.starts_at > now for v in file.visits)


def _came_since(file: ClientFile, journey: Journey) -> bool:
    return any(
        v.status is VisitStatus.COMPLETED
        and v.service_id == journey.service_id
        and v.starts_at > journey.started_at
        for v in file.visits
    )


def _recently_written(file: ClientFile, journey: Journey, rule: ServiceRule, now: datetime) -> bool:
    """Another journey's message within the retry interval."""
    since = now - timedelta(days=rule.retry_interval_days)
    others = (last_sent(j) for j in file.journeys if j.journey_id != journey.journey_id)
    return any(sent and sent > since for sent in others)


def _why_no_address(company: Company, file: ClientFile) -> SkipReason:
    reachable = [
        a
        for a in file.client.addresses
        if a.channel in company.channels
        and a.channel in PROACTIVE
        and a.channel not in file.client.unreachable
    ]
    return SkipReason.NO_CONSENT if reachable else SkipReason.NO_CHANNEL
