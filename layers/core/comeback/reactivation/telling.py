"""What a journey's messages add to the figures of the local days on which they left.

Each attempt remembers what of it stands there already (`Attempt.told`), and whoever stores a journey adds the difference in the
same transaction: however a journey came to be as it is, each step of each message is counted once, and a message that proves not
to have arrived is taken out again.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from comeback.analytics.model import WITHIN_MINUTES, SentDay, Sums
from comeback.conversations.model import ChannelKind
from comeback.reactivation.model import Attempt, Journey, Outcome, Stage

NOT_ARRIVED = (Outcome.UNDELIVERABLE, Outcome.POSTPONED, Outcome.SKIPPED, Outcome.FAILED)
"""Of these attempts no message reached anybody."""
COLUMNS: Mapping[Stage, str] = {
    Stage.CONTACTED: "sent",
    Stage.DELIVERED: "delivered",
    Stage.READ: "read",
    Stage.ANSWERED: "answered",
    Stage.BOOKED: "booked",
    Stage.OPTED_OUT: "opted_out",
}
LETTERS: Mapping[str, str] = {**{c: c[0] for c in COLUMNS.values()}, "revenue_minor": "m"}
"""Names of counters are short, for an item of a kilobyte is written at half the price of one a byte longer."""
ATTEMPT, CHANNEL, SERVICE, ANSWERS, BOOKINGS = "a", "c", "s", "ra", "rb"
DELAYS: Mapping[Stage, str] = {Stage.ANSWERED: ANSWERS, Stage.BOOKED: BOOKINGS}

Counters = Counter[str]
"""What is added to one day, by short name: `a:2:b` is bookings by second messages, `s:10:b:cut` those of haircuts at ten."""


@dataclass(frozen=True)
class _Step:
    """One step of one message."""

    attempt: Attempt
    service_id: str
    stage: Stage

    def counters(self) -> Iterable[tuple[str, int]]:
        for column, n in self._columns():
            letter = LETTERS[column]
            yield f"{ATTEMPT}:{self.attempt.number}:{letter}", n
            yield f"{CHANNEL}:{_channel(self.attempt)}:{letter}", n
            yield f"{SERVICE}:{self.attempt.sent_hour:02}:{letter}:{self.service_id}", n
        if self.stage in DELAYS and (minutes := _minutes(self.attempt, self.stage)) is not None:
            yield f"{DELAYS[self.stage]}:{bisect_left(WITHIN_MINUTES, minutes):02}", 1

    def _columns(self) -> Iterable[tuple[str, int]]:
        yield COLUMNS[self.stage], 1
        if self.stage is Stage.BOOKED and self.attempt.worth_minor:
            yield "revenue_minor", self.attempt.worth_minor


def telling(journey: Journey) -> tuple[Journey, Mapping[date, Counters]]:
    """The journey as it is to be stored, and what its days' figures grow by; what shrinks is negative."""
    days: dict[date, Counters] = defaultdict(Counter)
    earlier = tuple(_told(attempt, journey.service_id, days) for attempt in journey.earlier)
    attempt = _told(journey.attempt, journey.service_id, days)
    return replace(journey, earlier=earlier, attempt=attempt), days


def _told(attempt: Attempt, service_id: str, days: dict[date, Counters]) -> Attempt:
    known, before = steps(attempt), attempt.told & COLUMNS.keys()
    if attempt.sent_on is None:
        return attempt
    for n, stages in ((1, known - before), (-1, before - known)):
        for stage in stages:
            for name, by in _Step(attempt, service_id, stage).counters():
                days[attempt.sent_on][name] += n * by
    return replace(attempt, told=known)


def steps(attempt: Attempt) -> frozenset[Stage]:
    """Nothing of a message that has not left, or had before its local day was kept."""
    if attempt.sent_on is None or attempt.address is None:
        return frozenset()
    if attempt.outcome in NOT_ARRIVED:
        return frozenset()
    return frozenset({Stage.CONTACTED}) | (attempt.reached & COLUMNS.keys())


def sent_day(on: date, counters: Mapping[str, int]) -> SentDay:
    """From the counters of one day, whatever else stands beside them."""
    tables: dict[str, dict[tuple[str, ...], Counter[str]]] = defaultdict(dict)
    delays: dict[str, Counter[int]] = {ANSWERS: Counter(), BOOKINGS: Counter()}
    columns = {letter: column for column, letter in LETTERS.items()}
    for name, n in counters.items():
        kind, *rest = name.split(":", 3)
        if kind in delays and n:
            delays[kind][int(rest[0])] += n
        elif kind in (ATTEMPT, CHANNEL, SERVICE) and n:
            key, letter = (rest[0], *rest[2:]), rest[1]
            tables[kind].setdefault(key, Counter())[columns[letter]] += n
    return SentDay(
        on,
        attempts={int(key[0]): Sums(**sums) for key, sums in tables[ATTEMPT].items()},
        channels={ChannelKind(key[0]): Sums(**sums) for key, sums in tables[CHANNEL].items()},
        services={(key[1], int(key[0])): Sums(**sums) for key, sums in tables[SERVICE].items()},
        answers=dict(delays[ANSWERS]),
        bookings=dict(delays[BOOKINGS]),
    )


def _channel(attempt: Attempt) -> str:
    return attempt.address.channel.value if attempt.address else ""


def _minutes(attempt: Attempt, stage: Stage) -> float | None:
    moment = attempt.answered_at if stage is Stage.ANSWERED else attempt.booked_at
    if moment is None or attempt.sent_at is None:
        return None
    return (moment - attempt.sent_at) / timedelta(minutes=1)
