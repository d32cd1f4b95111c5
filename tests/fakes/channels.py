"""A messenger that delivers at once, unless told what to do with the next messages."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from comeback.companies.model import Company
from comeback.conversations.model import ChannelKind, OutboxMessage
from comeback.errors import ComebackError, NotFound
from comeback.ports import Channel, Sent


@dataclass
class FakeChannel:
    """The Channel port. `problems`: one per coming call, None for success; UnknownOutcome here means it *was* sent."""

    kind: ChannelKind = ChannelKind.TELEGRAM
    sent: list[OutboxMessage] = field(default_factory=list)
    problems: list[ComebackError | None] = field(default_factory=list)
    calls: int = 0

    def send(self, message: OutboxMessage) -> Sent:
        self.calls += 1
        problem = self.problems.pop(0) if self.problems else None
        if problem is not None:
            raise problem
        self.sent.append(message)
        return Sent(f"{self.kind.value}-{len(self.sent)}")


class FakeChannels:
    """The Channels port: those given are connected."""

    def __init__(self, channels: Iterable[FakeChannel]) -> None:
        self._channels = {channel.kind: channel for channel in channels}

    def channel(self, company: Company, kind: ChannelKind) -> Channel:
        if kind not in self._channels:
            raise NotFound(f"{company.company_id} has no {kind.value}")
        return self._channels[kind]
