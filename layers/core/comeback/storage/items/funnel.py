"""The counters of a day: its campaign's funnel, and what became of the messages that left on it (`reactivation/telling.py`).

In one item, because the day of a campaign is that of most of its messages: one write counts for both.
"""

from collections.abc import Mapping
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.constants import NUMBER
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from comeback.reactivation.model import SkipReason, Stage
from comeback.storage.items.base import Item, Whole

OF_MESSAGES = ":"
"""In the name of each counter of messages, and of no other attribute."""


class FunnelItem(Item, discriminator="funnel"):
    """One shard. Top-level attributes, because ADD makes those from nothing."""

    due = Whole(default=0)
    contacted = Whole(default=0)
    delivered = Whole(default=0)
    read = Whole(default=0)
    answered = Whole(default=0)
    booked = Whole(default=0)
    opted_out = Whole(default=0)
    skipped = Whole(default=0)
    skipped_opted_out = Whole(default=0)
    skipped_no_consent = Whole(default=0)
    skipped_no_channel = Whole(default=0)
    skipped_future_booking = Whole(default=0)
    skipped_recent_message = Whole(default=0)
    skipped_active_journey = Whole(default=0)
    skipped_daily_limit = Whole(default=0)
    skipped_rule_inactive = Whole(default=0)
    skipped_company_disabled = Whole(default=0)
    skipped_away = Whole(default=0)
    skipped_no_slots = Whole(default=0)
    skipped_not_due = Whole(default=0)
    skipped_slot_lost = Whole(default=0)
    skipped_no_template = Whole(default=0)
    skipped_account_stopped = Whole(default=0)
    skipped_frequency_cap = Whole(default=0)
    skipped_not_worth = Whole(default=0)
    skipped_holdout = Whole(default=0)
    skipped_taken_over = Whole(default=0)

    messages: Mapping[str, int]
    """Counters of messages, by their short names."""

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> "FunnelItem":
        item = super().from_raw_data(data)
        item.messages = {n: int(value[NUMBER]) for n, value in data.items() if OF_MESSAGES in n}
        return item

    def counted(self, stage: Stage, reason: SkipReason | None = None) -> int:
        return int(getattr(self, name_of(stage, reason)))


def name_of(stage: Stage, reason: SkipReason | None = None) -> str:
    """The attribute that counts a stage; skips are counted by reason."""
    return f"{stage.value}_{reason.value}" if reason else stage.value


def counter(stage: Stage, reason: SkipReason | None = None) -> Attribute[int]:
    """Raises LookupError for a stage or reason that FunnelItem does not list (a test holds them together)."""
    return FunnelItem.get_attributes()[name_of(stage, reason)]


def adding(messages: Mapping[str, int]) -> list[Action]:
    """In the order of names, so that the same decision is the same request."""
    return [Path([name]).add(n) for name, n in sorted(messages.items()) if n]
