"""Runs seeds, and tells what broke: the seed, the invariant, and how it came to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulation.invariants import INVARIANTS
from tests.simulation.world import World

TAIL = 40
"""Lines of the trace that a failure shows."""
CHUNK = 25
GATE = range(0, 500, CHUNK)
"""The first seeds of the chunks that `make test` runs."""


@dataclass(frozen=True)
class Broken:
    seed: int
    invariant: str
    how: str

    def __str__(self) -> str:
        return f"seed {self.seed}, {self.invariant}: {self.how}"


def lived(seed: int, machine: Mapping[str, Any] | None = None) -> World:
    world = World(seed, machine)
    world.live()
    return world


def broken(world: World) -> list[Broken]:
    return [
        Broken(world.seed, invariant.__name__, how)
        for invariant in INVARIANTS
        for how in invariant(world)
    ]


def failures(seeds: Iterable[int]) -> str:
    """Empty when all holds; the first seed that breaks tells all it broke, and the end of its trace."""
    for seed in seeds:
        world = lived(seed)
        if found := broken(world):
            told = "\n".join(map(str, found))
            return f"{told}\n{world.trace.tail(TAIL)}\nreplay: make simulate SEED={seed}"
    return ""
