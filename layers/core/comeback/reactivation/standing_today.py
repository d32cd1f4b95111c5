"""StandingToday: how the company's day stands, for whoever looks at it every few seconds: a handful of reads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from comeback.companies.model import Company
from comeback.conversations.model import Account, OutboxMessage, Person
from comeback.ports import AccountToday, Clock, FunnelDay, Limits, Store
from comeback.reactivation.account_health import Standing, standing

LISTED = 50
"""Of what needs a person; who has more begins with these."""


@dataclass(frozen=True)
class AccountNow:
    account: Account
    standing: Standing
    today: AccountToday


@dataclass(frozen=True)
class Today:
    """`campaign_begun`: the day's own campaign has started. `uncertain`: messages that will not resolve themselves any more."""

    company: Company
    on: date
    campaign_begun: bool
    funnel: FunnelDay
    remaining: int
    accounts: Sequence[AccountNow]
    uncertain: Sequence[OutboxMessage]
    people: Sequence[tuple[str, Person]]


@dataclass(frozen=True)
class StandingToday:
    store: Store
    limits: Limits
    clock: Clock
    open_until: Callable[[OutboxMessage], datetime]
    """Till when a message in doubt may resolve itself."""

    def of(self, company_id: str) -> Today:
        """Raises NotFound."""
        company, now = self.store.company(company_id), self.clock.now()
        on = company.local(now).date()
        found = list(self.store.funnel(company_id, on, on))
        return Today(
            company=company,
            on=on,
            campaign_begun=self._begun(company_id, on),
            funnel=found[0] if found else FunnelDay(on, {}, {}),
            remaining=self.limits.remaining_today(company, now),
            accounts=self._accounts(company, now),
            uncertain=self._uncertain(company_id, now),
            people=list(islice(self.store.people(company_id), LISTED)),
        )

    def _begun(self, company_id: str, on: date) -> bool:
        return self.store.seen_event(company_id, f"campaign.{on.isoformat()}") is not None

    def _accounts(self, company: Company, now: datetime) -> Sequence[AccountNow]:
        known = self.store.accounts(company.company_id)
        return [
            AccountNow(known[today.channel], standing(known[today.channel], now), today)
            for today in self.limits.accounts_today(company, now)
            if today.channel in known
        ]

    def _uncertain(self, company_id: str, now: datetime) -> Sequence[OutboxMessage]:
        """The youngest may still resolve themselves: nobody needs to look at those."""
        found = islice(self.store.uncertain(company_id), LISTED)
        return [m for m in found if self.open_until(m) <= now]
