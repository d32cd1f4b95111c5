"""Queues and the orchestrator: they remember what they were told. `broken` times they are Unavailable first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from comeback.errors import Unavailable
from comeback.ports import JourneyStart
from comeback.reactivation.model import Outcome


@dataclass
class Breakable:
    broken: int = 0

    def _maybe_break(self) -> None:
        if self.broken:
            self.broken -= 1
            raise Unavailable("broken on order")


@dataclass
class FakeQueue(Breakable):
    """The OutboundQueue port; `waiting` is deduplicated as the FIFO queue does it, `enqueued` is not."""

    enqueued: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def waiting(self) -> list[tuple[str, str, str]]:
        return list(dict.fromkeys(self.enqueued))

    def enqueue(self, company_id: str, client_id: str, outbox_id: str) -> None:
        self._maybe_break()
        self.enqueued.append((company_id, client_id, outbox_id))


@dataclass
class FakeEvents(Breakable):
    """The Events port."""

    published: list[tuple[str, str, Mapping[str, str], int]] = field(default_factory=list)

    def publish(
        self, company_id: str, kind: str, detail: Mapping[str, str], delay: int = 0
    ) -> None:
        self._maybe_break()
        self.published.append((company_id, kind, dict(detail), delay))


@dataclass
class FakeOrchestrator(Breakable):
    """The Orchestrator port. `finished` holds the first outcome per token, `told` every call."""

    campaigns: dict[tuple[str, date], tuple[JourneyStart, ...]] = field(default_factory=dict)
    """The days' own."""
    others: dict[tuple[str, date, str], tuple[JourneyStart, ...]] = field(default_factory=dict)
    """By kind."""
    told: list[tuple[str, Outcome]] = field(default_factory=list)

    @property
    def finished(self) -> dict[str, Outcome]:
        return dict(reversed(self.told))

    def start_campaign(
        self, company_id: str, campaign_on: date, journeys: Sequence[JourneyStart], kind: str = ""
    ) -> bool:
        self._maybe_break()
        started = (company_id, campaign_on)
        if (*started, kind) in self.others or (not kind and started in self.campaigns):
            return False
        if kind:
            self.others[*started, kind] = tuple(journeys)
        else:
            self.campaigns[started] = tuple(journeys)
        return True

    def finish_wait(self, task_token: str, outcome: Outcome) -> None:
        self._maybe_break()
        self.told.append((task_token, outcome))
