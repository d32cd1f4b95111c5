"""Every parser of outside bytes. One that is missing fails `test_registry.py`."""

from pathlib import Path
from random import Random

from tests.fuzz import from_browsers, from_messengers, from_people, from_services
from tests.fuzz.mutation import Mutator
from tests.fuzz.parser import Parser

PARSERS: dict[str, Parser] = {
    parser.name: parser
    for parser in (
        *from_messengers.PARSERS,
        *from_services.PARSERS,
        *from_people.PARSERS,
        *from_browsers.PARSERS,
    )
}
REGRESSIONS = Path(__file__).parent / "regressions"


def kept(parser: Parser) -> list[Path]:
    """Inputs that once were too much for it."""
    return sorted((REGRESSIONS / parser.name).glob("*"))


def mutator(parser: Parser, seed: int) -> Mutator:
    seeds = [*parser.seeds, *(file.read_bytes() for file in kept(parser))]
    return Mutator(seeds, Random(f"{parser.name} {seed}"))
