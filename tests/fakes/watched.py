"""Any port with somebody watching: every call is told before it is made and after it was answered.

No port is named here, so one that is added tomorrow is watched too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Side(StrEnum):
    BEFORE = "before"
    AFTER = "after"
    """The call has had its effect; whoever raises here loses the answer."""


@dataclass(frozen=True)
class Call:
    port: str
    method: str
    side: Side


Watch = Callable[[Call], None]
"""May raise: before the call nothing has happened, after it everything has."""


class Watched:
    """Passes on attributes that are no methods as they are."""

    def __init__(self, port: str, real: object, watch: Watch) -> None:
        self._port = port
        self._real = real
        self._watch = watch

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        return self._watching(name, found) if callable(found) else found

    def _watching(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self._watch(Call(self._port, name, Side.BEFORE))
            answer = method(*arguments, **named)
            self._watch(Call(self._port, name, Side.AFTER))
            return answer

        return call
