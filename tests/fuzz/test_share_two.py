"""Half of the parsers, each on its share of the gate's inputs; the other half is in the file beside."""

import pytest

from tests.fuzz.gate import share, survives


@pytest.mark.fault(
    "100,000 malformed inputs to every parser of outside bytes", "Read, or refused by name"
)
@pytest.mark.parametrize("name", share(1, 2))
def test_whatever_comes_is_read_or_refused(name: str) -> None:
    survives(name)
