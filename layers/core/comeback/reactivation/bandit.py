"""Which arm to try next: texts, hours, offers. Thompson sampling (Thompson, Biometrika 1933) with an exploration floor.

An arm that has done well is tried more often, in step with the chance that it is the best; a fixed share of choices stays
even, so that a later change of taste is noticed and every arm's rate can still be measured.
"""

import hashlib
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from comeback.reactivation.model import Tally

FLOOR = 0.1
"""Share of choices made evenly: a judgement, it costs a tenth of what even choices would."""


@dataclass(frozen=True)
class Prior:
    """A rate and how many attempts it weighs. Raises ValueError unless 0 < mean < 1 and strength > 0."""

    mean: float
    strength: float

    def __post_init__(self) -> None:
        if not (0 < self.mean < 1 and self.strength > 0):
            raise ValueError(f"no prior: mean {self.mean}, strength {self.strength}")

    def after(self, seen: Tally) -> float:
        """The mean once these attempts are known."""
        return (self.mean * self.strength + seen.won) / (self.strength + seen.tried)


BOOKED = Prior(0.15, 20)
"""The lower end of the specification's target conversion (reactivation.md), worth twenty attempts: a judgement."""


@dataclass(frozen=True)
class Rate:
    """What is known of an arm's rate: a Beta distribution."""

    wins: float
    losses: float

    @property
    def mean(self) -> float:
        return self.wins / (self.wins + self.losses)

    @property
    def variance(self) -> float:
        return self.mean * (1 - self.mean) / (self.wins + self.losses + 1)

    def drawn(self, rng: random.Random) -> float:
        return rng.betavariate(self.wins, self.losses)


def rates(arms: Mapping[str, Tally], prior: Prior = BOOKED) -> dict[str, Rate]:
    """Each arm's, around the company's pooled rate (empirical Bayes of `prior.strength` attempts); the pooled rate itself
    starts from `prior.mean`."""
    company = Prior(prior.after(pooled(arms.values())), prior.strength)
    return {name: _known(company, seen) for name, seen in arms.items()}


def choose(
    arms: Mapping[str, Tally],
    rng: random.Random,
    *,
    value: Mapping[str, float] | None = None,
    prior: Prior = BOOKED,
    floor: float = FLOOR,
) -> str:
    """With probability `floor` any arm, else the one whose sampled rate × value is highest.

    Each arm's rate is drawn from what is known of it (`rates`). `value`: what a booking by that arm brings, in any one unit;
    1 without it.
    The same for the same `rng` state, tallies and values, in whatever order they come; a tie goes to the first by name.
    Raises ValueError without arms, KeyError when an arm has no value.
    """
    names = sorted(arms)
    if not names:
        raise ValueError("no arm to choose from")
    if rng.random() < floor:
        return rng.choice(names)
    known = rates(arms, prior)
    worth = {name: known[name].drawn(rng) * (1 if value is None else value[name]) for name in names}
    return max(names, key=worth.__getitem__)


def pooled(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, Tally())


def seeded(journey_id: str, attempt: int, dimension: str) -> random.Random:
    """A step that is run again draws the same: with unchanged tallies it chooses the same arm.

    `dimension`: what is being chosen (`hour`, `text`, `offer`), so that choices of one attempt are independent.
    """
    cause = "\x1f".join((journey_id, str(attempt), dimension))
    seed = int.from_bytes(hashlib.sha256(cause.encode()).digest())
    return random.Random(seed)  # noqa: S311 - a repeatable choice, no secret


def _known(company: Prior, seen: Tally) -> Rate:
    wins = company.mean * company.strength + seen.won
    losses = (1 - company.mean) * company.strength + seen.tried - seen.won
    return Rate(wins, losses)
