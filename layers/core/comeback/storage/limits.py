"""The Limits port: sending limits and outside APIs' rates, shared by all functions through the table.

A company's reservations of one local day are one versioned item, all channels in it: of two writers who would both take the
last minute, or the last of the owner's daily limit, one loses and looks again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from comeback.companies.model import Company
from comeback.conversations.model import Account, ChannelKind
from comeback.ports import AccountToday, Beside
from comeback.reactivation import account_health, sending_limits
from comeback.storage import keys, rates, transaction
from comeback.storage.items.base import NEW
from comeback.storage.items.limits import AccountItem, Reservation, SendingDayItem
from comeback.storage.races import until_won
from comeback.storage.store import DynamoStore
from comeback.storage.table import Put, Update


class DynamoLimits:
    def __init__(self, store: DynamoStore) -> None:
        self._store = store
        self._table = store.table

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
        """Today's first free moment from `now` on. None: the rest of the company's local day has none; tomorrow is
        asked for tomorrow, when its own limits and level are known.

        A key keeps its moment until the day is over, also once the moment has passed. A channel's first use begins its
        account's warm-up. `not_before` is a wish: without room after it, any moment from `now` on will do. Raises Conflict
        when others kept winning.
        """

        accounts = self._store.accounts(company.company_id)

        def attempt() -> datetime | None:
            book = _read(self._store, company, now, accounts)
            if key in book.today:
                return book.today[key].at
            moment = book.next_minute(channel, zone, not_before)
            writes = [] if moment is None else [book.reserve(channel, key, moment)]
            transaction.apply(self._table, [*writes, *book.first_use(channel)])
            return moment

        return until_won(attempt)

    def remaining_today(self, company: Company, now: datetime) -> int:
        """What still fits into today's window, pace and limits; the owner's daily limit is over all channels."""
        book = _read(self._store, company, now, self._store.accounts(company.company_id))
        rooms = (book.room(channel) for channel in company.channels)
        return min(sum(rooms), sending_limits.owners_left(company, len(book.today)))

    def accounts_today(self, company: Company, now: datetime) -> Sequence[AccountToday]:
        book = _read(self._store, company, now, self._store.accounts(company.company_id))
        return [book.told(channel) for channel in company.channels if channel in book.accounts]

    def may_send(self, company_id: str, channel: ChannelKind, now: datetime) -> bool:
        account = self._store.accounts(company_id).get(channel)
        return account is None or not account_health.standing(account, now).stopped_by

    def take(
        self,
        bucket: str,
        per_second: int,
        per_minute: int,
        now: datetime,
        beside: Beside | None = None,
    ) -> float:
        """0.0: the call is taken, go. Else nothing is taken: wait so many seconds and ask again.

        `now` is real time, because the outside counts in real time even where ours is simulated.
        """
        return rates.take(self._table, bucket, per_second, per_minute, now, beside)

    def note(self, bucket: str, beside: Beside, now: datetime) -> None:
        rates.note(self._table, bucket, beside, now)


@dataclass(frozen=True)
class _Book:
    """What the table knows of a company's sending around now. Yesterday still counts for the pace after midnight."""

    company: Company
    now: datetime
    day: SendingDayItem | None
    yesterday: SendingDayItem | None
    accounts: Mapping[ChannelKind, Account]

    @property
    def today(self) -> dict[str, Reservation]:
        return {r.reserved_by: r for r in _reservations(self.day)}

    def taken(self, channel: ChannelKind) -> list[datetime]:
        both = (*_reservations(self.yesterday), *_reservations(self.day))
        return [r.at for r in both if r.channel is channel]

    def elsewhere(self, channel: ChannelKind) -> int:
        return sum(r.channel is not channel for r in _reservations(self.day))

    def next_minute(
        self, channel: ChannelKind, zone: ZoneInfo | None, not_before: datetime | None
    ) -> datetime | None:
        account = self._account(channel)
        standing = account_health.standing(account, self.now)
        if standing.stopped_by:
            return None
        find = partial(
            sending_limits.next_minute,
            self.company,
            standing.level,
            self.taken(channel),
            elsewhere=self.elsewhere(channel),
            zone=zone,
            tier=account.tier,
        )
        wished = find(not_before) if not_before and self._later_today(not_before) else None
        return wished or find(self.now)

    def _later_today(self, moment: datetime) -> bool:
        local = self.company.local
        return moment > self.now and local(moment).date() == local(self.now).date()

    def room(self, channel: ChannelKind) -> int:
        account = self._account(channel)
        standing = account_health.standing(account, self.now)
        if standing.stopped_by:
            return 0
        taken = self.taken(channel)
        return sending_limits.room(self.company, standing.level, taken, self.now, account.tier)

    def told(self, channel: ChannelKind) -> AccountToday:
        standing = account_health.standing(self._account(channel), self.now)
        state = "slowed" if standing.slowed else "free"
        sent = sum(r.channel is channel for r in _reservations(self.day))
        return AccountToday(
            channel, sent, standing.level.per_day, "stopped" if standing.stopped_by else state
        )

    def _account(self, channel: ChannelKind) -> Account:
        return self.accounts.get(channel, Account(channel))

    def reserve(self, channel: ChannelKind, key: str, moment: datetime) -> Put:
        added = Reservation(channel=channel, reserved_by=key, at=moment)
        version = self.day.version if self.day else 0
        on = self.company.local(self.now).date()
        reservations = [*_reservations(self.day), added]
        fresh = SendingDayItem.of(self.company.company_id, on, reservations, version + 1, self.now)
        return Put(fresh, SendingDayItem.version == version if self.day else NEW)

    def first_use(self, channel: ChannelKind) -> list[Update]:
        if self._account(channel).since:
            return []
        began = AccountItem.beginning(channel, self.now)
        return [Update(keys.account(self.company.company_id, channel.value), began)]


def _read(
    store: DynamoStore, company: Company, now: datetime, accounts: Mapping[ChannelKind, Account]
) -> _Book:
    on, company_id = company.local(now).date(), company.company_id
    today = keys.sending_day(company_id, on)
    yesterday = keys.sending_day(company_id, on - timedelta(days=1))
    found = store.table.get_all([today, yesterday])
    days = {key: item for key, item in found.items() if isinstance(item, SendingDayItem)}
    return _Book(company, now, days.get(today), days.get(yesterday), accounts)


def _reservations(day: SendingDayItem | None) -> Sequence[Reservation]:
    return day.reservations if day else ()
