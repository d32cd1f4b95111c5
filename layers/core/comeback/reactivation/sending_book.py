"""What is known of a company's sending around a moment, and what it still has room for. Pure; behind it stand the rules of
`sending_limits` and `account_health`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from comeback.companies.model import Company
from comeback.conversations.model import Account, ChannelKind
from comeback.ports import AccountToday, Reservation
from comeback.reactivation import account_health, sending_limits
from comeback.reactivation.account_health import Standing
from comeback.reactivation.reachability import PROACTIVE


@dataclass(frozen=True)
class SendingBook:
    """`reserved`: of today and of yesterday, which still counts for the pace after midnight (the company's local days)."""

    company: Company
    now: datetime
    reserved: Sequence[Reservation]
    accounts: Mapping[ChannelKind, Account]

    @property
    def today(self) -> dict[str, Reservation]:
        local = self.company.local
        on = local(self.now).date()
        return {r.reserved_by: r for r in self.reserved if local(r.at).date() == on}

    def next_minute(
        self, channel: ChannelKind, zone: ZoneInfo | None, not_before: datetime | None
    ) -> datetime | None:
        """The first free moment that keeps every limit, after the wish where there is room; None: the day has none."""
        standing = self._standing(channel)
        if standing.stopped_by:
            return None
        find = partial(
            sending_limits.next_minute,
            self.company,
            standing.level,
            self._taken(channel),
            elsewhere=sum(r.channel is not channel for r in self.today.values()),
            zone=zone,
            tier=self.account(channel).tier,
        )
        wished = find(not_before) if not_before and self._later_today(not_before) else None
        return wished or find(self.now)

    def remaining(self) -> int:
        """How many messages the day still has; the owner's daily limit is over all channels."""
        rooms = (self._room(channel) for channel in self._in_use)
        return min(sum(rooms), sending_limits.owners_left(self.company, len(self.today)))

    def told(self, channel: ChannelKind) -> AccountToday:
        standing = self._standing(channel)
        state = "slowed" if standing.slowed else "free"
        sent = sum(r.channel is channel for r in self.today.values())
        return AccountToday(
            channel, sent, standing.level.per_day, "stopped" if standing.stopped_by else state
        )

    def account(self, channel: ChannelKind) -> Account:
        return self.accounts.get(channel, Account(channel))

    @property
    def _in_use(self) -> list[ChannelKind]:
        """Messengers that somebody was written to in, for a room that nobody can be reached through is none. Before the first
        message the company's first: that is where it will leave."""
        proactive = [channel for channel in self.company.channels if channel in PROACTIVE]
        return [channel for channel in proactive if channel in self.accounts] or proactive[:1]

    def _standing(self, channel: ChannelKind) -> Standing:
        return account_health.standing(self.account(channel), self.now)

    def _taken(self, channel: ChannelKind) -> list[datetime]:
        return [r.at for r in self.reserved if r.channel is channel]

    def _room(self, channel: ChannelKind) -> int:
        standing = self._standing(channel)
        if standing.stopped_by:
            return 0
        taken, tier = self._taken(channel), self.account(channel).tier
        return sending_limits.room(self.company, standing.level, taken, self.now, tier)

    def _later_today(self, moment: datetime) -> bool:
        local = self.company.local
        return moment > self.now and local(moment).date() == local(self.now).date()
