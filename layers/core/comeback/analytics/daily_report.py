"""DailyReport: the owner's morning message, put together from journeys, trials, usage and accounts, with its chart."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from comeback.analytics import caused, conversions, costs
from comeback.analytics.caused import NoRoi
from comeback.analytics.evidence import attempts, observations
from comeback.analytics.lift import Lift, lift
from comeback.analytics.model import (
    AccountLine,
    AccountState,
    AttemptFact,
    Cost,
    DayFigures,
    Dimension,
    Report,
)
from comeback.analytics.report import CAPTION_LIMIT, caption, units, words
from comeback.analytics.usage import cost_of
from comeback.changes import PutOutbox
from comeback.companies.model import Company, in_turn
from comeback.conversations.model import (
    NAMES,
    Address,
    Button,
    Content,
    OutboxMessage,
    resume_button,
)
from comeback.errors import Conflict, NotFound
from comeback.ports import Clock, Limits, OutboundQueue, Store
from comeback.texts import supported, text

DAYS = 28
ATTEMPTS_LAST = timedelta(days=60)
"""A journey of so many days ago may still send its later attempts."""
Chart = Callable[[Sequence[DayFigures], str, float], bytes]


@dataclass(frozen=True)
class DailyReport:
    store: Store
    limits: Limits
    outbound: OutboundQueue
    clock: Clock
    chart: Chart
    settle: Callable[[Company], int]
    """Settles the company's trials first, so that the report knows of them."""

    def tick(self) -> list[str]:
        """Ids of the companies reported on; hourly, each at its own hour. Raises ExceptionGroup of what went wrong, once every
        company has had its turn."""
        now = self.clock.now()

        def report(company: Company) -> list[str]:
            told = company_due(company, now) and self.company(company, now)
            return [company.company_id] if told else []

        return in_turn(self.store.companies(), report)

    def company(self, company: Company, now: datetime) -> bool:
        """In one message if it fits under the chart, else its essence there and the whole below.

        False when the owner has the day's report already, or no owner is connected.
        """
        self.settle(company)
        if company.owner is None:
            return False
        today = company.local(now).date()
        facts = self.facts(company, now)
        report = self.report(company, facts, now)
        language = supported(company.language)
        threshold = company.conversion_warning_percent / 100
        picture = self.chart(conversions.daily(facts, today, DAYS), language, threshold)
        buttons = _resuming(report, language)
        told = [Content(words(report, language), buttons, picture=picture)]
        if units(told[0].text) > CAPTION_LIMIT:
            essence = Content(caption(report, language), picture=picture)
            told = [essence, Content(told[0].text, buttons)]
        return self._send(company.company_id, company.owner, today, told, now)

    def facts(self, company: Company, now: datetime) -> tuple[AttemptFact, ...]:
        """Of the messages sent in the last 28 days."""
        today = company.local(now).date()
        since = today - timedelta(days=DAYS)
        services = self.store.catalogue(company.company_id).services
        journeys = (
            journey
            for on in _days(since - ATTEMPTS_LAST, today)
            for journey in self.store.journeys_on(company.company_id, on)
        )
        found = attempts(journeys, services, company, now)
        return tuple(fact for fact in found if fact.sent_at.date() >= since)

    def report(self, company: Company, facts: Sequence[AttemptFact], now: datetime) -> Report:
        yesterday = company.local(now).date() - timedelta(days=1)
        spent, found = self._cost(company, facts, now), self.lift(company, now)
        clients = sum(fact.attempt == 1 for fact in facts)
        paid = caused.roi(found, clients, spent, company)
        by_weekday = conversions.conversions(facts, by=Dimension.WEEKDAY)
        by_hour = conversions.conversions(facts, by=Dimension.HOUR)
        return Report(
            company=company.title,
            day=yesterday,
            currency=company.currency,
            yesterday=conversions.summary(f for f in facts if f.sent_at.date() == yesterday),
            month=conversions.summary(facts),
            cost=spent,
            lift=caused.told(found, company) if found else None,
            roi=None if isinstance(paid, NoRoi) else paid,
            accounts=self._accounts(company, now),
            best_weekdays=conversions.standing_out(by_weekday),
            best_hours=conversions.standing_out(by_hour),
            warning=conversions.falls_under(
                facts, threshold=company.conversion_warning_percent / 100
            ),
        )

    def lift(self, company: Company, now: datetime) -> Lift | None:
        """Of half a year up to the end of last month (`caused.lift_days`); None while nobody is held out."""
        if not company.holdout_percent:
            return None
        today = company.local(now).date()
        drawn = self.store.trials(company.company_id, *caused.lift_days(today, today, today))
        return lift(observations(drawn))

    def _cost(self, company: Company, facts: Sequence[AttemptFact], now: datetime) -> Cost:
        today = company.local(now).date()
        used = self.store.usage(company.company_id, today - timedelta(days=DAYS), today)
        sent = Counter(fact.channel for fact in facts)
        prices = {channel: company.message_price(channel) for channel in sent}
        figures = conversions.summary(facts)
        return costs.cost(cost_of(used, sent, prices), figures, minor_per_usd=company.usd)

    def _accounts(self, company: Company, now: datetime) -> tuple[AccountLine, ...]:
        return tuple(
            AccountLine(a.channel, a.sent, a.limit, AccountState(a.state))
            for a in self.limits.accounts_today(company, now)
        )

    def _send(
        self,
        company_id: str,
        owner: Address,
        today: date,
        contents: Sequence[Content],
        now: datetime,
    ) -> bool:
        """Ids are the day's, so that nothing comes twice; a run that broke off between writing and handing over hands over
        again what it wrote. Raises Conflict when nothing stands there after all."""
        messages = [
            OutboxMessage.to_owner(company_id, owner, f"report.{today}.{n}", content, now)
            for n, content in enumerate(contents, start=1)
        ]
        try:
            self.store.commit([PutOutbox(message) for message in messages])
            fresh = True
        except Conflict:
            fresh = False
            messages = [message for message in messages if self._on_file(message)]
            if not messages:
                raise
        for message in messages:
            self.outbound.enqueue(message.company_id, message.client_id, message.outbox_id)
        return fresh

    def _on_file(self, message: OutboxMessage) -> bool:
        try:
            self.store.outbox(message.company_id, message.client_id, message.outbox_id)
        except NotFound:
            return False
        return True


def _resuming(report: Report, language: str) -> tuple[Button, ...]:
    """For each account that is stopped: the word of it may never have come, and the owner alone may go on."""
    return tuple(
        Button(
            resume_button(line.channel),
            f"{NAMES[line.channel]}: {text(language, 'Go on')}",
        )
        for line in report.accounts
        if line.state is AccountState.STOPPED
    )


def company_due(company: Company, now: datetime) -> bool:
    return company.enabled and company.local(now).hour == company.report_hour


def _days(since: date, until: date) -> Iterable[date]:
    return (since + timedelta(days=n) for n in range((until - since).days + 1))
