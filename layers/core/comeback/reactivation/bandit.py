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


def choose(
    arms: Mapping[str, Tally],
    rng: random.Random,
    *,
    value: Mapping[str, float] | None = None,
    prior: Prior = BOOKED,
    floor: float = FLOOR,
) -> str:
    """With probability `floor` any arm, else the one whose sampled rate × value is highest.

    Each arm's rate is drawn from a Beta around the company's pooled rate (empirical Bayes of `prior.strength` attempts; the
    pooled rate itself starts from `prior.mean`). `value`: what a booking by that arm brings, in any one unit; 1 without it.
    The same for the same `rng` state, tallies and values, in whatever order they come; a tie goes to the first by name.
    Raises ValueError without arms, KeyError when an arm has no value.
    """
    names = sorted(arms)
    if not names:
        raise ValueError("no arm to choose from")
    if rng.random() < floor:
        return rng.choice(names)
    company = Prior(prior.after(pooled(arms.values())), prior.strength)
    worth = {
        name: _draw(company, arms[name], rng) * (1 if value is None else value[name])
        for name in names
    }
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


def _draw(company: Prior, seen: Tally, rng: random.Random) -> float:
    wins = company.mean * company.strength + seen.won
    losses = (1 - company.mean) * company.strength + seen.tried - seen.won
    return rng.betavariate(wins, losses)
