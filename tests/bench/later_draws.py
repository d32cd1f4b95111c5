"""Does the interval still hold the lift in the second year, when most clients have been drawn before?

`python -m tests.bench.later_draws [--seeds 200]`. The habits of `salon_year`, two years of them, with new clients coming in; who
stays overdue is drawn again. What a message did changes who is drawn later: it brought some back, and some of those written to
opted out or could not be reached, while nobody held out ever does. Which draws count is the product's own choice.

Cheap, as a salon has to be lived through once per seed: the forecast is not fitted but guesses a client's gap wrongly and knows
neither their regularity nor when they will leave; no limits, one service, one message a draw. The true lift is what messages
change for those written to whom the product counts, the mean of a salon's seeds.
"""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean

from comeback.analytics.caused import TRIALS_LOOKED_AT
from comeback.analytics.evidence import observations
from comeback.analytics.lift import Lift, lift
from comeback.reactivation.holdout import in_holdout
from comeback.reactivation.model import TRIAL_DAYS, Trial

from tests.bench.lift import unforecast
from tests.bench.salon_year import ANNOYED, BEFORE, HOLDOUT, REACHED, START, Habit

CLIENTS, SALONS = 1000, 4
DAYS = 730
GONE = 0.05
LOST_AND_GONE = 3
"""Of the clients written to, those not to be drawn again, per draw: opted out, or at an address that proves dead; so many times
more of those who left for good."""
KEPT_AWAY = 0.3
"""Of those annoyed, who would have come, each time."""
REST = 65
"""Days from a draw that brought nobody to the next: three attempts, and the month of being left alone."""
OF_THE_LOST = 0.2
"""Of those who left for good, a message brings so much fewer."""
LATE = 1.3
"""Of the usual gap: overdue."""


@dataclass(frozen=True)
class Person:
    client_id: str
    habit: Habit
    guessed: Habit
    """As the forecast takes it to be."""
    began: int
    """Day of the first visit, from START."""
    ticket_minor: int
    persuadable: float
    annoyed: bool

    @classmethod
    def drawn(cls, client_id: str, rng: random.Random) -> "Person":
        habit = Habit.drawn(rng)
        wrong = habit.mean_gap * rng.lognormvariate(0, 0.25)
        return cls(
            client_id,
            habit,
            Habit(wrong, 2, 0.14),
            rng.randrange(-BEFORE, DAYS),
            round(100 * rng.lognormvariate(7.6, 0.4)),
            REACHED * rng.betavariate(1, 4),
            rng.random() < ANNOYED,
        )


@dataclass(frozen=True)
class Drawn:
    trial: Trial
    changed: float
    """What a message changes in the chance of this client's return, given what only the simulation knows."""


@dataclass(frozen=True)
class Life:
    """One client's two years, in days from START."""

    person: Person
    treated: bool
    rng: random.Random

    def draws(self) -> Iterator[Drawn]:
        person, rng, earliest = self.person, self.rng, 0
        visit, coming = person.began, self._next(person.began)
        while (day := max(earliest, visit + round(LATE * person.habit.mean_gap))) < DAYS:
            if coming is not None and coming <= day:
                visit, coming = coming, self._next(coming)
                continue
            changed, returned = self._window(day, coming)
            yield Drawn(self._trial(day, visit, returned), changed)
            if self.treated and rng.random() < self._gone(coming):
                return
            earliest = day + (TRIAL_DAYS if returned is not None or not self.treated else REST)
            if returned is not None:
                visit, coming = returned, self._next(returned)
            elif coming is not None and coming < day + TRIAL_DAYS:
                coming += round(person.habit.mean_gap)

    def _gone(self, coming: int | None) -> float:
        return GONE * (1 if coming is not None else LOST_AND_GONE)

    def _next(self, visit: int) -> int | None:
        habit = self.person.habit
        if self.rng.random() < habit.leaves:
            return None
        return visit + max(
            1, round(self.rng.gammavariate(habit.shape, habit.mean_gap / habit.shape))
        )

    def _window(self, day: int, coming: int | None) -> tuple[float, int | None]:
        """What a message changes in the chance of a return, and the day of the return if there is one."""
        person, luck = self.person, self.rng.random()
        if coming is not None and coming < day + TRIAL_DAYS:
            kept_away = KEPT_AWAY * person.annoyed
            return -kept_away, None if self.treated and luck < kept_away else coming
        brought = person.persuadable * (1 if coming is not None else OF_THE_LOST)
        written = self.treated and luck < brought
        return brought, day + self.rng.randrange(TRIAL_DAYS) if written else None

    def _trial(self, day: int, visit: int, returned: int | None) -> Trial:
        person, came = self.person, returned is not None
        return Trial(
            company_id="salon",
            client_id=person.client_id,
            trial_id=f"{person.client_id}.{day}",
            service_id="cut",
            on=START + timedelta(day),
            treated=self.treated,
            baseline=person.guessed.returns(TRIAL_DAYS, day - visit),
            returned=came,
            revenue_minor=round(person.ticket_minor * self.rng.uniform(0.7, 1.3)) * came,
        )


@dataclass(frozen=True)
class SecondYear:
    """The last half year of which the windows are over."""

    salon: int
    lift: Lift
    plain: Lift
    """Without the forecast."""
    changed: float
    """By messages, on the mean of those written to."""


def second_year(people: Sequence[Person], salon: int, seed: int, holdout: float) -> SecondYear:
    rng, since = random.Random(seed), DAYS - TRIAL_DAYS - TRIALS_LOOKED_AT.days
    trials: list[Trial] = []
    changed: dict[str, float] = {}
    for person in people:
        treated = not in_holdout(f"salon{seed}", person.client_id, holdout)
        for drawn in Life(person, treated, rng).draws():
            if since <= (drawn.trial.on - START).days < DAYS - TRIAL_DAYS:
                trials.append(drawn.trial)
                if treated:
                    changed.setdefault(person.client_id, drawn.changed)
    seen = observations(trials)
    return SecondYear(salon, lift(seen), lift(unforecast(seen)), fmean(changed.values()))


def second_years(seeds: int, clients: int = CLIENTS, holdout: float = HOLDOUT) -> list[SecondYear]:
    rngs = [random.Random(f"later {n}") for n in range(SALONS)]
    salons = [[Person.drawn(f"client{n}", rng) for n in range(clients)] for rng in rngs]
    found = range(seeds)
    return [second_year(salons[n % SALONS], n % SALONS, n, holdout) for n in found]


def true_lifts(of: Sequence[SecondYear]) -> dict[int, float]:
    return {n: fmean(y.changed for y in of if y.salon == n) for n in {y.salon for y in of}}


def coverage(of: Sequence[SecondYear]) -> float:
    true = true_lifts(of)
    return fmean(y.lift.difference.low <= true[y.salon] <= y.lift.difference.high for y in of)


def report(of: Sequence[SecondYear]) -> str:
    true = fmean(true_lifts(of).values())
    treated, control = (
        fmean(getattr(y.lift, group).clients for y in of) for group in ("treated", "control")
    )
    points = {
        "true lift": true,
        "told": fmean(y.lift.difference.value for y in of),
        "without the forecast it would be": fmean(y.plain.difference.value for y in of),
    }
    told = ", ".join(f"{name} {100 * share:.1f}" for name, share in points.items())
    return (
        f"Second year, clients drawn again, {len(of)} runs, {treated:.0f} written to and {control:.0f} held out: "
        f"the 80 % interval holds the true lift in {coverage(of):.1%}; points: {told}"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=200)
    began = time.process_time()
    print(report(second_years(parser.parse_args().seeds)))
    print(f"{time.process_time() - began:.0f} s of CPU")


if __name__ == "__main__":
    main()
