"""Does the interval of the lift keep its word? Clients are simulated, so that what is true is known.

`python -m tests.bench.lift [--runs 2000]`: how often it sees a lift where there is none, what the forecast saves, whether money's
interval is as good as a bootstrap's, and whether the clients said to be needed are enough. Without the forecast, how often is
also computed exactly, over all counts of returns.
"""

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from math import exp, lgamma, log

from comeback.analytics.intervals import Estimate, share
from comeback.analytics.lift import LEVEL, Observation, clients_needed, lift
from rich.console import Console
from rich.table import Table

SPREAD = 0.3
"""Of the chances between clients: the forecast, which knows them, explains SPREAD / (1 + SPREAD) of the variance."""
KEPT = 1 / (1 + SPREAD)
RESAMPLES = 400
POINTS, BASE = 0.05, 0.2


@dataclass(frozen=True)
class Setting:
    clients: int
    control_share: float
    rate: float
    points: float = 0.0

    def observed(self, rng: random.Random) -> list[Observation]:
        return [self._client(rng) for _ in range(self.clients)]

    def _client(self, rng: random.Random) -> Observation:
        baseline = rng.betavariate(self.rate / SPREAD, (1 - self.rate) / SPREAD)
        treated = rng.random() >= self.control_share
        returned = rng.random() < baseline + self.points * treated
        revenue = round(rng.lognormvariate(12, 0.5)) if returned else 0
        return Observation(treated, returned, revenue, baseline)


AA = (
    *(Setting(n, 0.1, rate) for n in (400, 800, 2000) for rate in (0.15, 0.3)),
    *(Setting(n, held_out, 0.05) for n, held_out in ((1000, 0.1), (400, 0.5))),
    *(Setting(400, held_out, 0.2) for held_out in (0.2, 0.3, 0.5)),
)


def unforecast(observations: Sequence[Observation]) -> list[Observation]:
    return [Observation(o.treated, o.returned, o.revenue_minor, 0.5) for o in observations]


def samples(setting: Setting, runs: int) -> Iterator[list[Observation]]:
    rng = random.Random(repr(astuple(setting)))
    return (setting.observed(rng) for _ in range(runs))


def seen(estimates: Sequence[Estimate]) -> float:
    """Share of the intervals that leave nought out."""
    return sum(not e.holds_zero for e in estimates) / len(estimates)


def seen_exactly(setting: Setting) -> float:
    """Without the forecast, by the binomial chances of every pair of counts."""
    control = round(setting.clients * setting.control_share)
    treated = setting.clients - control
    ours, theirs = (
        _posteriors(treated, setting.rate + setting.points),
        _posteriors(control, setting.rate),
    )
    return sum(p * q for p, a in ours for q, b in theirs if not a.less(b).holds_zero)


def _posteriors(clients: int, rate: float) -> list[tuple[float, Estimate]]:
    scale = lgamma(clients + 1)
    chances = [
        exp(
            scale
            - lgamma(k + 1)
            - lgamma(clients - k + 1)
            + k * log(rate)
            + (clients - k) * log(1 - rate)
        )
        for k in range(clients + 1)
    ]
    return [(p, share(k, clients, LEVEL)) for k, p in enumerate(chances) if p > 1e-6]


def width(estimates: Sequence[Estimate]) -> float:
    return sum(e.high - e.low for e in estimates) / len(estimates)


def bootstrap(observed: Sequence[Observation], rng: random.Random) -> Estimate:
    """Efron's percentile interval of the revenue per client's difference."""
    treated, control = (
        [o.revenue_minor for o in observed if o.treated is t] for t in (True, False)
    )

    def difference(first: Sequence[int], second: Sequence[int]) -> float:
        return sum(first) / len(first) - sum(second) / len(second)

    drawn = sorted(
        difference(rng.choices(treated, k=len(treated)), rng.choices(control, k=len(control)))
        for _ in range(RESAMPLES)
    )
    tail = round(RESAMPLES * (1 - LEVEL) / 2)
    return Estimate(difference(treated, control), drawn[tail], drawn[-tail - 1])


def _named(setting: Setting) -> tuple[str, str, str]:
    return str(setting.clients), f"{setting.control_share:.0%}", f"{setting.rate:.0%}"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, justify="right")
    return table


def no_lift(runs: int) -> Table:
    table = _table(
        f"No lift is there, {runs} runs: an 80 % interval should leave nought out in 20 %",
        *("clients", "held out", "rate", "seen", "money", "plain, exactly", "wide", "saved"),
    )
    for setting in AA:
        drawn = list(samples(setting, runs))
        told = [lift(sample) for sample in drawn]
        differences = [t.difference for t in told]
        plain = [lift(unforecast(sample)).difference for sample in drawn[: runs // 10]]
        table.add_row(
            *_named(setting),
            *(f"{seen(e):.1%}" for e in (differences, [t.revenue_per_client for t in told])),
            f"{seen_exactly(setting):.1%}",
            f"{100 * width(differences):.1f}",
            f"{1 - width(differences) / width(plain):.0%}",
        )
    return table


def beside_bootstrap(runs: int) -> Table:
    table = _table(
        f"Money without the forecast, {runs} runs: ours beside {RESAMPLES} resamples",
        *("clients", "held out", "rate", "ours sees", "bootstrap", "ours wider"),
    )
    for setting in (Setting(400, 0.1, 0.2), Setting(400, 0.3, 0.2)):
        rng = random.Random(2)
        drawn = [unforecast(sample) for sample in samples(setting, runs)]
        ours = [lift(sample).revenue_per_client for sample in drawn]
        theirs = [bootstrap(sample, rng) for sample in drawn]
        table.add_row(
            *_named(setting),
            *(f"{seen(estimates):.1%}" for estimates in (ours, theirs)),
            f"{width(ours) / width(theirs) - 1:.0%}",
        )
    return table


def needed(runs: int) -> Table:
    table = _table(
        f"Clients needed to see {POINTS:.0%} more than {BASE:.0%} in 80 %, {runs} runs",
        *("held out", "with forecast", "seen", "without", "seen exactly"),
    )
    for held_out in (0.1, 0.2, 0.3, 0.5):
        few, many = (
            clients_needed(BASE, POINTS, control_share=held_out, variance_kept=kept)
            for kept in (KEPT, 1.0)
        )
        told = [lift(s).difference for s in samples(Setting(few, held_out, BASE, POINTS), runs)]
        exactly = seen_exactly(Setting(many, held_out, BASE, POINTS))
        table.add_row(f"{held_out:.0%}", str(few), f"{seen(told):.1%}", str(many), f"{exactly:.1%}")
    return table


def looked_at_often(runs: int) -> Table:
    """One look keeps the interval's word; who looks as the clients come in sees chance as a success sooner or later."""
    setting, looks = Setting(2000, 0.1, 0.2), 20
    table = _table(
        f"No lift is there, {runs} runs of {setting.clients} clients: ever seen, by how often one looks",
        *("looks", "seen at least once"),
    )
    told = [
        [
            not lift(sample[: setting.clients * n // looks]).difference.holds_zero
            for n in range(1, looks + 1)
        ]
        for sample in samples(setting, runs)
    ]
    for every in (looks, looks // 2, looks // 5, 1):
        ever = sum(any(run[every - 1 :: every]) for run in told) / runs
        table.add_row(str(looks // every), f"{ever:.0%}")
    return table


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=2000)
    runs = parser.parse_args().runs
    console = Console()
    console.print(no_lift(runs))
    console.print(beside_bootstrap(runs // 2))
    console.print(needed(runs))
    console.print(looked_at_often(runs // 5))


if __name__ == "__main__":
    main()
