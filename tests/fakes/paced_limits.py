"""The Limits port in memory by the product's own rules; `tests/storage/test_paced_limits.py` holds it to the table's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from comeback.companies.model import Company
from comeback.conversations.model import Account, ChannelKind
from comeback.ports import AccountToday, Beside, Reservation
from comeback.reactivation import account_health
from comeback.reactivation.sending_book import SendingBook


@dataclass
class PacedLimits:
    """`accounts`: a company's, by its id, without the day of their first use, which is kept here."""

    accounts: Callable[[str], Mapping[ChannelKind, Account]]
    days: dict[tuple[str, date], list[Reservation]] = field(default_factory=dict)
    since: dict[tuple[str, ChannelKind], datetime] = field(default_factory=dict)

    def reserved(self, company: Company, now: datetime) -> Sequence[Reservation]:
        return (*self._day(company, now, 1), *self._day(company, now))

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
        book = self._book(company, now)
        if key in book.today:
            return book.today[key].at
        moment = book.next_minute(channel, zone, not_before)
        if moment is not None:
            self._day(company, now).append(Reservation(channel, key, moment))
        self.since.setdefault((company.company_id, channel), now)
        return moment

    def remaining_today(self, company: Company, now: datetime) -> int:
        return self._book(company, now).remaining()

    def may_send(self, company_id: str, channel: ChannelKind, now: datetime) -> bool:
        return not account_health.standing(self._account(company_id, channel), now).stopped_by

    def accounts_today(self, company: Company, now: datetime) -> Sequence[AccountToday]:
        book = self._book(company, now)
        return [book.told(channel) for channel in company.channels if channel in book.accounts]

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

    def _book(self, company: Company, now: datetime) -> SendingBook:
        known = self.accounts(company.company_id)
        used = [c for c in ChannelKind if c in known or (company.company_id, c) in self.since]
        accounts = {c: self._account(company.company_id, c) for c in used}
        return SendingBook(company, now, self.reserved(company, now), accounts)

    def _day(self, company: Company, now: datetime, before: int = 0) -> list[Reservation]:
        on = company.local(now).date() - timedelta(days=before)
        return self.days.setdefault((company.company_id, on), [])

    def _account(self, company_id: str, channel: ChannelKind) -> Account:
        known = self.accounts(company_id).get(channel, Account(channel))
        return replace(known, since=self.since.get((company_id, channel)))
