"""What learning is worth: arms and hours chosen by their outcomes, beside choosing evenly. `python -m tests.bench.choosing`

Outcomes are simulated from known rates; a choice's regret is how far its true rate lies under the best one's.
"""

import random
import time
from collections.abc import Callable, Sequence
from statistics import mean

from comeback.reactivation.bandit import choose
from comeback.reactivation.model import Tally
from comeback.reactivation.timing import best_times, preferred_hour

HOURS = {10: 0.25, 11: 0.26, 12: 0.28, 13: 0.28, 14: 0.28, 15: 0.30, 16: 0.32, 17: 0.36, 18: 0.40}
"""True share of answers by hour; Saturday's runs backwards."""
DAYS = {0: 0.9, 1: 1.0, 2: 1.0, 3: 1.0, 4: 0.9, 5: 1.1}
"""Weekday's factor on it."""
SATURDAY = 5
PER_DAY, SETTLES_DAYS = 20, 7

Arm = str | tuple[int, int]
Chooser = Callable[[dict[Arm, Tally], int, random.Random], Arm]
Rates = dict[Arm, float]

ARMS: Rates = {"a": 0.10, "b": 0.13, "c": 0.16}


def hour_rates() -> Rates:
    backwards = dict(zip(HOURS, reversed(HOURS.values()), strict=True))
    return {
        (day, hour): factor * (backwards if day == SATURDAY else HOURS)[hour]
        for day, factor in DAYS.items()
        for hour in HOURS
    }


def live(
    rates: Rates, chooser: Chooser, tries: int, delay: int, rng: random.Random
) -> tuple[list[Arm], dict[Arm, Tally]]:
    """Choices one after the other, each knowing the outcomes of those at least `delay` before it."""
    known = dict.fromkeys(rates, Tally())
    chosen: list[Arm] = []
    for number in range(tries):
        if number > delay:
            settled = chosen[number - delay - 1]
            known[settled] += Tally(1, int(rng.random() < rates[settled]))
        chosen.append(chooser(known, number, rng))
    return chosen, known


def arm(known: dict[Arm, Tally], _: int, rng: random.Random) -> Arm:
    return choose({str(name): seen for name, seen in known.items()}, rng)


def hour(known: dict[Arm, Tally], number: int, rng: random.Random) -> Arm:
    day = number // PER_DAY % len(DAYS)
    cells = {cell: seen for cell, seen in known.items() if not isinstance(cell, str)}
    return day, preferred_hour(cells, HOURS, day, rng)


def rival(cell: Arm, rates: Rates) -> list[float]:
    """The rates that were to be had: all arms', or all hours' of that weekday."""
    return [r for other, r in rates.items() if isinstance(cell, str) or other[0] == cell[0]]


def row(name: str, rates: Rates, runs: Sequence[Sequence[Arm]], tries: int) -> str:
    """Of the last fifth of choices, the share on the best; regret over all of them."""
    late = [cell for chosen in runs for cell in chosen[tries * 4 // 5 : tries]]
    best = mean(rates[cell] == max(rival(cell, rates)) for cell in late)
    every = [cell for chosen in runs for cell in chosen[:tries]]
    pulls = mean(rates[cell] == max(rival(cell, rates)) for cell in every)
    regret = sum(max(rival(cell, rates)) - rates[cell] for cell in every) / len(runs)
    even = sum(max(rival(cell, rates)) - mean(rival(cell, rates)) for cell in every) / len(runs)
    return (
        f"{name:34}{tries:7,}{pulls:9.0%}{best:13.0%}{regret:10.1f}{even:9.1f}{regret / even:7.0%}"
    )


def arms_table(runs: int) -> None:
    print(f"Three arms, true rates .10/.13/.16, mean of {runs} runs; regret in bookings")
    for name, delay in (("outcome at once", 0), ("known after 140 more (a week)", 140)):
        chosen = [live(ARMS, arm, 2000, delay, random.Random(run))[0] for run in range(runs)]
        for tries in (500, 2000):
            print(row(name, ARMS, chosen, tries), flush=True)


def hours_table(runs: int) -> None:
    delay = PER_DAY * SETTLES_DAYS
    print(
        f"Hours 10-18 on six weekdays, Saturday backwards, mean of {runs} runs; regret in answers"
    )
    rates = hour_rates()
    lived = [live(rates, hour, 2000, delay, random.Random(run)) for run in range(runs)]
    for tries in (500, 2000):
        print(row("known after 140 more (a week)", rates, [chosen for chosen, _ in lived], tries))
    reports = [
        best_times({c: t for c, t in known.items() if not isinstance(c, str)}) for _, known in lived
    ]
    inside = mean(r.low <= rates[r.weekday, r.hour] <= r.high for rs in reports for r in rs)
    learned = mean(
        max((r for r in rs if r.weekday == day), key=lambda r: r.rate).hour
        == (10 if day == SATURDAY else 18)
        for rs in reports
        for day in DAYS
    )
    print(
        f"After 2,000: best hour of a weekday learned {learned:.0%}; true rate in the 80 % interval {inside:.0%}"
    )


def main() -> None:
    started = time.process_time()
    print("Choosing: share on the best of all and of the last fifth; regret, evenly chosen, of it")
    print(f"{'':34}{'tries':>7}{'on best':>9}{'last fifth':>13}{'regret':>10}{'evenly':>9}{'':>7}")
    arms_table(100)
    hours_table(5)
    print(f"{time.process_time() - started:.1f} CPU s")


if __name__ == "__main__":
    main()
