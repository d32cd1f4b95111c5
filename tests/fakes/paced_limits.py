"""The Limits port in memory by the product's own rules; `tests/storage/test_paced_limits.py` holds it to the table's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from comeback.companies.model import Company
from comeback.conversations.model import Account, ChannelKind
from comeback.ports import AccountToday, Beside
from comeback.reactivation import account_health, sending_limits


@dataclass(frozen=True)
class Reserved:
    channel: ChannelKind
    at: datetime


@dataclass
class PacedLimits:
    """`accounts`: a company's, by its id, without the day of their first use, which is kept here."""

    accounts: Callable[[str], Mapping[ChannelKind, Account]]
    days: dict[tuple[str, date], dict[str, Reserved]] = field(default_factory=dict)
    since: dict[tuple[str, ChannelKind], datetime] = field(default_factory=dict)

    def reserve_minute(
        self,
        company: Company,
        channel: ChannelKind,
        key: str,
        now: datetime,
        *,
        zone: ZoneInfo | None = None,
        not_before: datetime | None = None,
    ) -> datetime | None:
        today = self._day(company, now)
        if key in today:
            return today[key].at
        account = self._account(company.company_id, channel)
        standing = account_health.standing(account, now)
        moment = None
        if not standing.stopped_by:
            find = partial(
                sending_limits.next_minute,
                company,
                standing.level,
                self._taken(company, channel, now),
                elsewhere=sum(r.channel is not channel for r in today.values()),
                zone=zone,
                tier=account.tier,
            )
            same_day = not_before and company.local(not_before).date() == company.local(now).date()
            wished = find(not_before) if not_before and not_before > now and same_day else None
            moment = wished or find(now)
        if moment is not None:
            today[key] = Reserved(channel, moment)
        self.since.setdefault((company.company_id, channel), now)
        return moment

    def remaining_today(self, company: Company, now: datetime) -> int:
        rooms = (self._room(company, channel, now) for channel in company.channels)
        return min(sum(rooms), sending_limits.owners_left(company, len(self._day(company, now))))

    def may_send(self, company_id: str, channel: ChannelKind, now: datetime) -> bool:
        return not account_health.standing(self._account(company_id, channel), now).stopped_by

    def accounts_today(self, company: Company, now: datetime) -> Sequence[AccountToday]:
        known = self.accounts(company.company_id)
        used = [c for c in company.channels if c in known or (company.company_id, c) in self.since]
        return [self._told(company, channel, now) for channel in used]

    def take(
        self,
        bucket: str,
        per_second: int,
        per_minute: int,
        now: datetime,
        beside: Beside | None = None,
    ) -> float:
        """Outside calls are not paced here: what they ask for is a fault of its own."""
        return 0.0

    def note(self, bucket: str, beside: Beside, now: datetime) -> None:
        """Nothing is kept beside buckets here."""

    def _day(self, company: Company, now: datetime, before: int = 0) -> dict[str, Reserved]:
        on = company.local(now).date() - timedelta(days=before)
        return self.days.setdefault((company.company_id, on), {})

    def _taken(self, company: Company, channel: ChannelKind, now: datetime) -> list[datetime]:
        both = (*self._day(company, now, 1).values(), *self._day(company, now).values())
        return [r.at for r in both if r.channel is channel]

    def _account(self, company_id: str, channel: ChannelKind) -> Account:
        known = self.accounts(company_id).get(channel, Account(channel))
        return replace(known, since=self.since.get((company_id, channel)))

    def _room(self, company: Company, channel: ChannelKind, now: datetime) -> int:
        account = self._account(company.company_id, channel)
        standing = account_health.standing(account, now)
        if standing.stopped_by:
            return 0
        taken = self._taken(company, channel, now)
        return sending_limits.room(company, standing.level, taken, now, account.tier)

    def _told(self, company: Company, channel: ChannelKind, now: datetime) -> AccountToday:
        account = self._account(company.company_id, channel)
        standing = account_health.standing(account, now)
        state = "slowed" if standing.slowed else "free"
        sent = sum(r.channel is channel for r in self._day(company, now).values())
        return AccountToday(
            channel, sent, standing.level.per_day, "stopped" if standing.stopped_by else state
        )
