"""The gate's share of the fuzzing: the same inputs every run, without logs and the SDK's warnings about nonsense."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from tests.fuzz.parser import Parser
from tests.fuzz.registry import PARSERS, kept, mutator

SEED = 4
AT_LEAST = 100_000


@contextmanager
def quietly() -> Iterator[None]:
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def share(number: int, of: int) -> list[str]:
    """Names of parsers, spread over test files so that workers share the time."""
    return sorted(PARSERS)[number::of]


def survives(name: str) -> None:
    """What was kept first, then new inputs. The failure names the input: keep it under tests/fuzz/regressions."""
    parser = PARSERS[name]
    with quietly():
        for file in kept(parser):
            _try(parser, file.read_bytes())
        for data in islice(mutator(parser, SEED).inputs(), parser.inputs):
            _try(parser, data)


def _try(parser: Parser, data: bytes) -> None:
    try:
        parser.run(data)
    except Exception as error:
        note = f"{parser.name} could not take these {len(data)} bytes: {data[:2_000]!r}"
        error.add_note(note)
        raise
