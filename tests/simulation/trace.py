"""What happened, in order: the same seed tells the same story."""

import hashlib
from collections.abc import Callable
from datetime import datetime

Line = tuple[datetime, str, tuple[object, ...]]


class Trace:
    """Kept as data: most traces are never read."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.kept: list[Line] = []

    def add(self, kind: str, *what: object) -> None:
        self.kept.append((self._now(), kind, what))

    def lines(self) -> list[str]:
        return [_told(line) for line in self.kept]

    def tail(self, n: int, about: str = "") -> str:
        """The last `n` lines, of those that name `about`."""
        return "\n".join([line for line in self.lines() if about in line][-n:])

    @property
    def digest(self) -> str:
        return hashlib.sha256("\n".join(self.lines()).encode()).hexdigest()


def _told(line: Line) -> str:
    moment, kind, what = line
    return f"{moment:%m-%d %H:%M:%S} {kind:<9} {' '.join(map(_short, what))}".rstrip()


def _short(what: object) -> str:
    port, method, side = (getattr(what, name, "") for name in ("port", "method", "side"))
    return f"{side} {port}.{method}" if port else str(what)
