"""The Limits port in memory: generous, unless an account is stopped or a day has no minute left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from comeback.companies.model import Company
from comeback.conversations.model import ChannelKind
from comeback.ports import AccountToday, Beside, Reservation


@dataclass
class FakeLimits:
    stopped: set[ChannelKind] = field(default_factory=set)
    remaining: int = 100
    taken: dict[str, Reservation] = field(default_factory=dict)
    waits: Mapping[str, float] = field(default_factory=dict)
    notes: dict[tuple[str, str], str] = field(default_factory=dict)

    def reserve_minute(
        self,
        company: Company,
        channel: ChannelKind,
        key: str,
        now: datetime,
        *,
        zone: ZoneInfo | None = None,
        not_before: datetime | None = None,
    ) -> datetime | None:
        if channel in self.stopped:
            return None
        return self.taken.setdefault(key, Reservation(channel, key, not_before or now)).at

    def reserved(self, company: Company, now: datetime) -> Sequence[Reservation]:
        return tuple(self.taken.values())

    def remaining_today(self, company: Company, now: datetime) -> int:
        return self.remaining

    def may_send(self, company_id: str, channel: ChannelKind, now: datetime) -> bool:
        return channel not in self.stopped

    def accounts_today(self, company: Company, now: datetime) -> Sequence[AccountToday]:
        return [AccountToday(c, len(self.taken), self.remaining, "free") for c in company.channels]

    def take(
        self,
        bucket: str,
        per_second: int,
        per_minute: int,
        now: datetime,
        beside: Beside | None = None,
    ) -> float:
        if beside:
            self.note(bucket, beside, now)
        return self.waits.get(bucket, 0.0)

    def note(self, bucket: str, beside: Beside, now: datetime) -> None:
        place = (bucket, beside.name)
        self.notes[place] = beside.change(self.notes.get(place, ""))
