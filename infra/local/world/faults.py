"""Faults on order: the next calls of an endpoint, or the next webhooks, go wrong in a given way."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

ENDPOINT_KINDS = ("error", "timeout", "lost_response", "delay")
WEBHOOK_KINDS = ("duplicate", "reorder", "delay", "drop", "lost_response")


@dataclass
class Fault:
    """One order.

    `target`: an endpoint (`telegram.sendMessage`) or `webhooks.<kind>`; `*` stands for any characters.
    `kind`: error = answer `status` and `body`, nothing applied; timeout = nothing applied, no answer for `seconds`,
    then the connection is closed; lost_response = applied, then the same silence; delay = applied `seconds` later.
    Of webhooks: duplicate = sent twice; reorder = overtaken by the next one; drop = never sent; lost_response =
    sent, but the answer does not count, so it is repeated.
    `seconds` are real. `match`: text that the request's body must contain, or {field: text} on its fields.
    """

    target: str
    kind: str
    times: int = 1
    status: int = 500
    body: Any = None
    seconds: float = 0.0
    match: str | Mapping[str, Any] = ""

    def __post_init__(self) -> None:
        known = WEBHOOK_KINDS if self.target.startswith("webhooks.") else ENDPOINT_KINDS
        if self.kind not in known:
            raise ValueError(
                f"kind: {self.kind!r} is unknown for {self.target}. Use {', '.join(known)}"
            )

    def hits(self, target: str, body: bytes, fields: Mapping[str, Any]) -> bool:
        if self.times < 1 or not fnmatchcase(target, self.target):
            return False
        if isinstance(self.match, str):
            return self.match in body.decode(errors="replace")
        return all(str(text) in _text(fields.get(name)) for name, text in self.match.items())


class Faults:
    """Orders in the sequence they came; each hit uses one up."""

    def __init__(self) -> None:
        self._orders: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._orders.append(fault)

    def take(
        self, target: str, body: bytes = b"", fields: Mapping[str, Any] | None = None
    ) -> Fault | None:
        fault = next((f for f in self._orders if f.hits(target, body, fields or {})), None)
        if fault is not None:
            fault.times -= 1
        return fault

    def clear(self) -> None:
        self._orders.clear()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
