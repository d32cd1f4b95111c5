"""What was asked and answered, for tests to read. Credentials never get in."""

import itertools
import re
from collections.abc import Mapping
from typing import Any

from world.clock import WorldClock

SECRET_NAMES = re.compile(
    r"(^|[_.-])(token|secret|password|authorization|api_?key|key)$", re.IGNORECASE
)
SECRET_PATHS = re.compile(r"(/bot)\d+:[^/]+")
REDACTED = "***"


class Transcript:
    """Entries by ascending `seq`, which goes on counting over a reset."""

    def __init__(self, clock: WorldClock) -> None:
        self._clock = clock
        self._seq = itertools.count(1)
        self._entries: list[dict[str, Any]] = []

    def add(
        self,
        kind: str,
        request: Any,
        status: int,
        response: Any,
        **more: Any,
    ) -> dict[str, Any]:
        """`kind` like `telegram.sendMessage`; `status` 0 means that no answer came or was given."""
        entry = {
            "seq": next(self._seq),
            "at": self._clock.now().isoformat(),
            "kind": kind,
            "request": redacted(request),
            "status": status,
            "response": redacted(response),
            **{name: redacted(value) for name, value in more.items()},
        }
        self._entries.append(entry)
        return entry

    def entries(self, after: int = 0, kind: str = "") -> list[dict[str, Any]]:
        """Those with `seq` > `after` whose kind begins with `kind`."""
        return [e for e in list(self._entries) if e["seq"] > after and e["kind"].startswith(kind)]

    def clear(self) -> None:
        self._entries.clear()


def redacted(value: Any) -> Any:
    """A copy without the values of credentials."""
    if isinstance(value, Mapping):
        return {
            name: REDACTED if SECRET_NAMES.search(str(name)) and held else redacted(held)
            for name, held in value.items()
        }
    if isinstance(value, list | tuple):
        return [redacted(held) for held in value]
    if isinstance(value, str):
        return SECRET_PATHS.sub(rf"\1{REDACTED}", value)
    return value
