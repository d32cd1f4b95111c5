"""The simulation catches a product that breaks a promise; and each invariant is one that can break."""

import pytest

from tests.simulation.invariants import INVARIANTS
from tests.simulation.mutants import MUTANTS, Mutant
from tests.simulation.simulate import broken, lived

SEEDS = 200


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_it_is_caught(mutant: Mutant) -> None:
    with mutant.alive():
        machine = mutant.machine()
        assert any(
            found.invariant == mutant.breaks.__name__
            for seed in range(SEEDS)
            for found in broken(lived(seed, machine))
        )


def test_every_invariant_can_break() -> None:
    assert {mutant.breaks for mutant in MUTANTS} == set(INVARIANTS)
