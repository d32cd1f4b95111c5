"""A salon's months as they stand in a store: journeys with their messages, trials, arms, usage. The same for the same seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from comeback.bookings.model import Service
from comeback.changes import Change, Count, CountArm, SaveJourney, SaveTrial
from comeback.companies.model import Company
from comeback.conversations.model import Address, ChannelKind
from comeback.ports import Store
from comeback.reactivation.journey import conclude, next_attempt, reach
from comeback.reactivation.model import Journey, JourneyState, Outcome, SkipReason, Stage, Trial

SERVICES = (
    Service("cut", "Haircut", 60, 200_000),
    Service("nails", "Manicure", 60, 150_000),
    Service("colour", "Colouring", 120, 600_000),
)
CHANNELS = (ChannelKind.TELEGRAM, ChannelKind.TELEGRAM, ChannelKind.WHATSAPP)
HOURS = range(10, 19)


@dataclass
class Months:
    """`days` of campaigns before `until`, on weekdays, `a_day` clients each."""

    company: Company
    until: date
    days: int = 60
    a_day: int = 3
    seed: int = 7

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def fill(self, store: Store) -> None:
        company_id = self.company.company_id
        store.save_catalogue(company_id, SERVICES, ())
        for on in self._workdays():
            store.commit([Count(company_id, on, Stage.DUE, n=self.a_day + 2)])
            store.commit([Count(company_id, on, Stage.SKIPPED, SkipReason.HOLDOUT.value, n=2)])
            for n in range(self.a_day):
                store.commit(list(self._client(on, n)))
            store.add_usage(company_id, on, {"write_units": 400.0, "function_ms": 30_000})
        for style, tried, won in (("reminder", 120, 24), ("invitation", 90, 13)):
            store.commit([CountArm(company_id, "style", style, tried, won)])

    def draw(self, store: Store, treated: float, control: float, clients: int = 600) -> None:
        """Trials whose windows are over; the shares came back."""
        for n in range(clients):
            held = n % 4 == 0
            back = self.rng.random() < (control if held else treated)
            on = self.until - timedelta(days=70 + n % 60)
            drawn = Trial(
                self.company.company_id, f"drawn{n}", f"t{n}", "cut", on, not held, 0.2,
                returned=back, revenue_minor=200_000 if back else 0,
            )  # fmt: skip
            store.commit([SaveTrial(drawn)])

    def _workdays(self) -> Iterator[date]:
        days = (self.until - timedelta(days=n) for n in range(self.days, 0, -1))
        return (on for on in days if on.weekday() < 5)

    def _client(self, on: date, n: int) -> Iterator[Change]:
        """One journey as it stands: silent clients of weeks ago were written to again."""
        rng, service = self.rng, self.rng.choice(SERVICES)
        journey_id = f"{on}.{n}"
        journey = Journey(
            self.company.company_id, journey_id, service.service_id, journey_id, on, _at(on)
        )
        counts: list[Change] = []
        for number in (1, 2):
            sent_on = on + timedelta(days=14 * (number - 1))
            if sent_on > self.until:
                break
            journey, told = self._message(journey, service, sent_on)
            counts += told
            outcome = Outcome.BOOKED if journey.attempt.booked_at else Outcome.NO_RESPONSE
            journey = conclude(journey, outcome)
            if journey.attempt.answered_at or rng.random() < 0.3:
                break
            if number == 1:
                journey = next_attempt(journey)
        yield SaveJourney(replace(journey, state=JourneyState.FINISHED))
        yield from counts

    def _message(
        self, journey: Journey, service: Service, on: date
    ) -> tuple[Journey, tuple[Change, ...]]:
        rng = self.rng
        hour = rng.choice(HOURS)
        sent_at = datetime.combine(on, time(hour), self.company.zone).astimezone(UTC)
        attempt = replace(
            journey.attempt,
            address=Address(rng.choice(CHANNELS), f"7999{rng.randrange(10**7):07}"),
            sent_at=sent_at,
            sent_on=on,
            sent_hour=hour,
            outbox_id=f"{journey.journey_id}.{journey.attempt.number}",
            discount_percent=10 * (journey.attempt.number - 1),
            worth_minor=service.price_minor * (11 - journey.attempt.number) // 10,
        )
        journey = replace(journey, state=JourneyState.WAITING, attempt=attempt)
        later = sent_at + timedelta(minutes=rng.choice((4, 25, 50, 200, 1300, 2000)))
        luck = rng.random() - (0.1 if hour >= 17 else 0.0)
        stages = {0.18: Stage.BOOKED, 0.38: Stage.ANSWERED, 0.41: Stage.OPTED_OUT, 0.8: Stage.READ}
        stage = next((s for limit, s in stages.items() if luck < limit), Stage.DELIVERED)
        return reach(journey, stage, later)


def _at(on: date) -> datetime:
    return datetime.combine(on, time(7), UTC)
