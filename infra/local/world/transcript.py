"""Everything that passed between us and the outside; tests read it. Tokens are blotted out."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SECRETS = re.compile(r"(bot)\d+:[\w-]+|(Bearer )[\w:.-]+(, User )?[\w-]*")


@dataclass(frozen=True)
class Entry:
    seq: int
    at: datetime
    kind: str
    request: Any
    status: int
    response: Any

    def as_json(self) -> dict[str, Any]:
        return {**self.__dict__, "at": self.at.isoformat()}


class Transcript:
    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(self, at: datetime, kind: str, request: Any, status: int, response: Any) -> None:
        seq = len(self.entries) + 1
        self.entries.append(Entry(seq, at, kind, redacted(request), status, redacted(response)))

    def after(self, seq: int, kind: str = "") -> list[Entry]:
        return [e for e in self.entries[seq:] if e.kind.startswith(kind)]


def redacted(value: Any) -> Any:
    if isinstance(value, str):
        return SECRETS.sub(lambda m: f"{m.group(1) or m.group(2)}***", value)
    if isinstance(value, dict):
        return {key: redacted(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(v) for v in value]
    return value
