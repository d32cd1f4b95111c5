"""The Limits port: sending limits and outside APIs' rates, shared by all functions through the table.

A company's reservations of one local day are one versioned item, all channels in it: of two writers who would both take the
last minute, or the last of the owner's daily limit, one loses and looks again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from comeback.companies.model import Company
from comeback.conversations.model import Account, ChannelKind
from comeback.ports import AccountToday, Beside, Reservation
from comeback.reactivation import account_health
from comeback.reactivation.sending_book import SendingBook
from comeback.storage import keys, rates, transaction
from comeback.storage.items.base import NEW
from comeback.storage.items.limits import AccountItem, SendingDayItem
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
            day = _read(self._store, company, now, accounts)
            if key in day.book.today:
                return day.book.today[key].at
            moment = day.book.next_minute(channel, zone, not_before)
            writes = [] if moment is None else [day.reserve(channel, key, moment)]
            transaction.apply(self._table, [*writes, *day.first_use(channel)])
            return moment

        return until_won(attempt)

    def remaining_today(self, company: Company, now: datetime) -> int:
        """What still fits into today's window, pace and limits; the owner's daily limit is over all channels."""
        return self._book(company, now).remaining()

    def accounts_today(self, company: Company, now: datetime) -> Sequence[AccountToday]:
        book = self._book(company, now)
        return [book.told(channel) for channel in company.channels if channel in book.accounts]

    def reserved(self, company: Company, now: datetime) -> Sequence[Reservation]:
        return _read(self._store, company, now, {}).book.reserved

    def _book(self, company: Company, now: datetime) -> SendingBook:
        return _read(self._store, company, now, self._store.accounts(company.company_id)).book

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
class _Day:
    """A company's reservations as they stand in the table, and the book that follows from them."""

    book: SendingBook
    item: SendingDayItem | None

    def reserve(self, channel: ChannelKind, key: str, moment: datetime) -> Put:
        company, now = self.book.company, self.book.now
        added = Reservation(channel=channel, reserved_by=key, at=moment)
        version = self.item.version if self.item else 0
        on = company.local(now).date()
        reservations = [*_reservations(self.item), added]
        fresh = SendingDayItem.of(company.company_id, on, reservations, version + 1, now)
        return Put(fresh, SendingDayItem.version == version if self.item else NEW)

    def first_use(self, channel: ChannelKind) -> list[Update]:
        if self.book.account(channel).since:
            return []
        began = AccountItem.beginning(channel, self.book.now)
        return [Update(keys.account(self.book.company.company_id, channel.value), began)]


def _read(
    store: DynamoStore, company: Company, now: datetime, accounts: Mapping[ChannelKind, Account]
) -> _Day:
    on, company_id = company.local(now).date(), company.company_id
    today = keys.sending_day(company_id, on)
    yesterday = keys.sending_day(company_id, on - timedelta(days=1))
    found = store.table.get_all([today, yesterday])
    days = {key: item for key, item in found.items() if isinstance(item, SendingDayItem)}
    reserved = (*_reservations(days.get(yesterday)), *_reservations(days.get(today)))
    return _Day(SendingBook(company, now, reserved, accounts), days.get(today))


def _reservations(day: SendingDayItem | None) -> Sequence[Reservation]:
    return day.reservations if day else ()
