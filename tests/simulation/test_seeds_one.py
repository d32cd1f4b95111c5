"""Half of the gate's salons; the other half is in a file of its own, so that two cores share them."""

import pytest

from tests.simulation.simulate import CHUNK, GATE, failures


@pytest.mark.fault(
    "crash, repetition, disorder, lost answer, throttle, clock: 250 salons", "every promise holds"
)
@pytest.mark.parametrize("first", GATE[::2])
def test_every_promise_holds(first: int) -> None:
    told = failures(range(first, first + CHUNK))
    assert not told, told
