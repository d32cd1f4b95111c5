"""A year of a simulated salon: does the printed interval hold the lift that the messages really have?

`python -m tests.bench.salon_year [--seeds 200]`. Two thousand clients have habits: a gap, a regularity, a chance to leave for
good after a visit. The product's own model learns from the visits before the year, finds the first day in it on which each
client is overdue, and tells the chance of a return in 30 days. From the true habit follows the true chance, from the client's
nature what a message adds; so the true lift is known. The same luck decides in both worlds.

A seed varies who is held out, who returns and what they pay. Half of the seeds have one salon, half another: habits, visits
before the year and forecasts are drawn once a salon, as fitting takes most of the time. The true lift is the salon's mean of
the chances with a message less those without. Every message comes on the first day overdue: no daily limit spreads them.
"""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp
from statistics import fmean

from comeback.analytics.lift import Lift, Observation, lift
from comeback.reactivation.holdout import in_holdout
from comeback.reactivation.returns import ReturnModel
from rich.console import Console
from rich.table import Table

from tests.bench.lift import seen, unforecast, width

CLIENTS, SALONS = 2000, 2
START = date(2026, 1, 1)
YEAR, BEFORE, WINDOW, ATTRIBUTED = 365, 730, 30, 7
"""Days: simulated, of visits known before, in which a return counts, in which it is attributed to the message."""
HOLDOUT = 10
AT_ONCE = 0.8
"""Of the returns that a message causes, those within the attributed days."""
REACHED, ANNOYED = 0.85, 0.05
"""Of messages, those read; of clients, those whom a message keeps away."""


@dataclass(frozen=True)
class Habit:
    mean_gap: float
    shape: int
    """Of the gamma distribution of gaps: 1 comes at random, 20 nearly by the clock."""
    leaves: float
    """Chance after each visit of never coming back."""

    @classmethod
    def drawn(cls, rng: random.Random) -> "Habit":
        return cls(
            rng.lognormvariate(3.6, 0.45), rng.choice((1, 2, 5, 20)), rng.uniform(0.03, 0.25)
        )

    def visits(self, rng: random.Random, day: date, until: date) -> Iterator[date]:
        while day < until:
            yield day
            if rng.random() < self.leaves:
                return
            gap = rng.gammavariate(self.shape, self.mean_gap / self.shape)
            day += timedelta(max(1, round(gap)))

    def silent(self, days: int) -> float:
        """Chance that a gap of one who has not left is longer: the Erlang distribution's Poisson sum."""
        passed = self.shape * (days + 0.5) / self.mean_gap
        term = total = exp(-passed)
        for j in range(1, self.shape):
            term *= passed / j
            total += term
        return total

    def active(self, silence: int) -> float:
        """Chance of not having left."""
        waiting = (1 - self.leaves) * self.silent(silence)
        return waiting / (self.leaves + waiting)

    def returns(self, days: int, silence: int) -> float:
        waiting = self.silent(silence)
        still = self.silent(silence + days) / waiting if waiting else 0.0
        return self.active(silence) * (1 - still)


@dataclass(frozen=True)
class Overdue:
    """A client on the first day of the year on which they are to be written to; chances of a return."""

    client_id: str
    baseline: float
    """As the product tells it; the others are true."""
    alone: float
    alone_soon: float
    """Within the attributed days."""
    written_to: float
    ticket_minor: int


@dataclass(frozen=True)
class Salon:
    overdue: Sequence[Overdue]

    @property
    def lift(self) -> float:
        return fmean(c.written_to - c.alone for c in self.overdue)

    @property
    def revenue_lift(self) -> float:
        """Minor units per client."""
        return fmean((c.written_to - c.alone) * c.ticket_minor for c in self.overdue)


@dataclass(frozen=True)
class Year:
    salon: Salon
    lift: Lift
    plain: Lift
    """Without the forecast."""
    attributed: float
    """Share of those written to who returned within the attributed days."""


def salon(seed: int, clients: int = CLIENTS) -> Salon:
    rng = random.Random(f"salon {seed}")
    habits = [Habit.drawn(rng) for _ in range(clients)]
    end = START + timedelta(YEAR)
    histories = [
        list(habit.visits(rng, START - timedelta(rng.randrange(1, BEFORE)), end))
        for habit in habits
    ]
    model = ReturnModel.fit(histories, as_of=START)
    found = (
        _first_overdue(model, f"client{n}", habit, visits, rng)
        for n, (habit, visits) in enumerate(zip(habits, histories, strict=True))
    )
    return Salon([client for client in found if client])


def _first_overdue(
    model: ReturnModel, client_id: str, habit: Habit, visits: Sequence[date], rng: random.Random
) -> Overdue | None:
    last_day = START + timedelta(YEAR - WINDOW)
    for n, visit in enumerate(visits, 1):
        following = visits[n] if n < len(visits) else date.max
        if following <= START:
            continue
        due_on = model.forecast(visits[:n], as_of=visit).due_on
        day = max(due_on, START)
        if day < min(following, last_day):
            baseline = model.forecast(visits[:n], as_of=day).p_return_within(WINDOW)
            return _overdue(client_id, baseline, habit, (day - visit).days, rng)
    return None


def _overdue(
    client_id: str, baseline: float, habit: Habit, silence: int, rng: random.Random
) -> Overdue:
    """A message brings some of those who would stay away, hardly any who left; a few it keeps away."""
    alone = habit.returns(WINDOW, silence)
    persuaded = REACHED * rng.betavariate(1, 4) * (0.2 + 0.8 * habit.active(silence))
    annoyed = rng.random() < ANNOYED
    return Overdue(
        client_id,
        baseline,
        alone,
        habit.returns(ATTRIBUTED, silence),
        0.7 * alone if annoyed else alone + (1 - alone) * persuaded,
        round(100 * rng.lognormvariate(7.6, 0.4)),
    )


def year(of: Salon, seed: int, holdout: float) -> Year:
    rng = random.Random(seed)
    observed, soon = [], 0
    for client in of.overdue:
        treated = not in_holdout(f"salon{seed}", client.client_id, holdout)
        luck, price = rng.random(), rng.uniform(0.7, 1.3)
        returned = luck < (client.written_to if treated else client.alone)
        observed.append(
            Observation(
                treated, returned, round(client.ticket_minor * price * returned), client.baseline
            )
        )
        soon += treated and _attributed(client, luck)
    told = lift(observed)
    return Year(of, told, lift(unforecast(observed)), soon / told.treated.clients)


def _attributed(client: Overdue, luck: float) -> bool:
    """The least luck comes first; those whom the message brings mostly come at once."""
    caused = client.written_to - client.alone
    return luck < min(client.alone_soon, client.written_to) or (
        client.alone <= luck < client.alone + AT_ONCE * caused
    )


def years(salons: Sequence[Salon], seeds: int, holdout: float = HOLDOUT) -> list[Year]:
    return [year(salons[seed % len(salons)], seed, holdout) for seed in range(seeds)]


def coverage(of: Sequence[Year]) -> float:
    return fmean(y.lift.difference.low <= y.salon.lift <= y.lift.difference.high for y in of)


def revenue_coverage(of: Sequence[Year]) -> float:
    return fmean(
        y.lift.revenue_per_client.low <= y.salon.revenue_lift <= y.lift.revenue_per_client.high
        for y in of
    )


def report(of: Sequence[Year]) -> Table:
    true = fmean(y.salon.lift for y in of)
    told, plain = [y.lift.difference for y in of], [y.plain.difference for y in of]
    attributed = fmean(y.attributed for y in of)
    returned = fmean(y.lift.treated.rate for y in of)
    clients = fmean(len(y.salon.overdue) for y in of)
    table = Table(
        title=f"{len(of)} years, {clients:.0f} clients written to or held out ({HOLDOUT} %)"
    )
    table.add_column("")
    table.add_column("points", justify="right")
    table.add_column("", justify="left")
    for name, share, remark in (
        ("true lift", true, ""),
        (
            "lift, mean of the years",
            fmean(e.value for e in told),
            f"interval {100 * width(told):.1f} wide",
        ),
        ("without the forecast", fmean(e.value for e in plain), f"{100 * width(plain):.1f} wide"),
        ("attributed within 7 days", attributed, f"{attributed / true:.1f} times the truth"),
        ("returned within 30 days", returned, f"{returned / true:.1f} times the truth"),
    ):
        table.add_row(name, f"{100 * share:.1f}", remark)
    table.add_section()
    for name, share in (
        ("the 80 % interval holds the true lift", coverage(of)),
        ("and the true revenue per client", revenue_coverage(of)),
        ("leaves nought out: the lift is seen", seen(told)),
        ("without the forecast", seen(plain)),
    ):
        table.add_row(name, f"{share:.1%}", "of the years")
    return table


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=200)
    seeds = parser.parse_args().seeds
    began = time.process_time()
    salons = [salon(n) for n in range(SALONS)]
    Console(highlight=False).print(report(years(salons, seeds)))
    print(f"{time.process_time() - began:.0f} s of CPU")


if __name__ == "__main__":
    main()
