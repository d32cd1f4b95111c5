"""Faults on command: the outside fails as real services do."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = ("error", "timeout", "lost_response", "delay", "duplicate", "reorder", "drop")


@dataclass
class Fault:
    """`target`: a kind of call as the transcript names it (`telegram.sendMessage`, `webhook.telegram`, `whatsapp` for
    all of WhatsApp). `match`: every value must stand in the request's JSON."""

    target: str
    kind: str
    times: int = 1
    status: int = 500
    body: Any = field(default_factory=dict)
    seconds: float = 1.0
    match: Mapping[str, str] = field(default_factory=dict)

    def fits(self, target: str, request: Any) -> bool:
        if self.times <= 0 or not target.startswith(self.target):
            return False
        words = json.dumps(request, ensure_ascii=False, default=str)
        return all(str(value) in words for value in self.match.values())


class Faults:
    def __init__(self) -> None:
        self.armed: list[Fault] = []

    def add(self, raw: Mapping[str, Any]) -> None:
        """Raises ValueError naming an unknown kind or field."""
        if raw.get("kind") not in KINDS:
            raise ValueError(f"kind: {raw.get('kind')!r} is unknown. Use one of {', '.join(KINDS)}")
        try:
            self.armed.append(Fault(**raw))
        except TypeError as error:
            raise ValueError(f"fault: {error}") from error

    def next(self, target: str, request: Any) -> Fault | None:
        """The first armed fault for this call, used up by one."""
        for fault in self.armed:
            if fault.fits(target, request):
                fault.times -= 1
                return fault
        return None
