"""The same parsers under hypothesis: what it makes up by itself, and our mutations by its hand, so that a finding is shrunk."""

import json
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.gate import quietly
from tests.fuzz.mutation import VALUES, Mutator
from tests.fuzz.parser import Parser
from tests.fuzz.registry import PARSERS

EXAMPLES = 200
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(VALUES)
)
DOCUMENTS = st.recursive(
    LEAVES, lambda part: st.lists(part) | st.dictionaries(st.text(), part), max_leaves=12
)


def anything(parser: Parser) -> st.SearchStrategy[bytes]:
    def changed(random: Random) -> bytes:
        return Mutator(parser.seeds, random).changed(random.choice(parser.seeds))

    mutated = st.randoms(use_true_random=False).map(changed)
    typed = st.text().map(lambda text: text.encode(errors="surrogatepass"))
    documents = DOCUMENTS.map(lambda d: json.dumps(d).encode())
    return mutated | st.binary(max_size=2_000) | typed | documents


@pytest.mark.fault(
    "malformed inputs to every parser, led by hypothesis", "Read, or refused by name"
)
@pytest.mark.parametrize("name", sorted(PARSERS))
def test_whatever_hypothesis_makes_up_is_read_or_refused(name: str) -> None:
    parser = PARSERS[name]

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(anything(parser))
    def survives(data: bytes) -> None:
        with quietly():
            parser.run(data)

    survives()
