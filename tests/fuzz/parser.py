"""What is fuzzed: something that reads bytes from outside, what it is given to begin with, and how it may refuse."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

import msgspec
from comeback.errors import ComebackError

SLOWEST_SECONDS = 2.0
"""Of processor time, for one input: who can make a parser chew for longer can stop a function."""


class TooSlow(Exception):
    """An input that is read for ever is as good as a crash."""


@dataclass(frozen=True)
class Parser:
    """`seeds` real payloads, from tests and simulators. `refuses`: the errors that its caller answers for, each with a
    place where it is caught. `inputs`: its share of the gate, by what one costs."""

    name: str
    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    inputs: int
    refuses: tuple[type[Exception], ...] = ()

    def run(self, data: bytes) -> None:
        """Raises what is no documented refusal: a finding."""
        began = time.thread_time()
        with suppress(*self.refuses):
            self.read(data)
        if time.thread_time() - began > SLOWEST_SECONDS:
            raise TooSlow(f"{len(data)} bytes took {time.thread_time() - began:.1f} s")


DOCUMENTED: tuple[type[Exception], ...] = (ComebackError,)
AND_SHAPE: tuple[type[Exception], ...] = (ComebackError, msgspec.MsgspecError)
"""Where the caller answers for a wrong shape, too."""


def lines(*texts: str) -> tuple[bytes, ...]:
    return tuple(text.encode() for text in texts)


def documents(found: Iterable[object]) -> tuple[bytes, ...]:
    return tuple(msgspec.json.encode(one) for one in found)


def text_of(data: bytes) -> str:
    """As text reaches us: decoded JSON, so any code points, halves of surrogate pairs among them."""
    return data.decode(errors="surrogateescape")


def headed(data: bytes) -> tuple[tuple[int, ...], bytes]:
    """`#3 200` and a line end, then a body: which call, what status, and what was answered."""
    if not data.startswith(b"#"):
        return (), data
    head, _, body = data[1:].partition(b"\n")
    return tuple(int(part) for part in head.split() if part.isdigit() and len(part) < 5), body
