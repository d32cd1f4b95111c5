from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from comeback.runtime.meter import METER


@dataclass
class Kept:
    """What was kept, in order."""

    kept: list[tuple[str, Mapping[str, float]]] = field(default_factory=list)

    def add(self, company_id: str, used: Mapping[str, float]) -> None:
        self.kept.append((company_id, used))

    @property
    def companies(self) -> list[str]:
        return [company_id for company_id, _ in self.kept]

    def sum(self, name: str) -> float:
        return sum(used.get(name, 0) for _, used in self.kept)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    """What the process' meter keeps."""
    kept = Kept()
    monkeypatch.setattr(METER, "_book", kept.add)
    return kept
