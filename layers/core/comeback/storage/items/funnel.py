"""The counters of a campaign day."""

from pynamodb.attributes import Attribute

from comeback.reactivation.model import SkipReason, Stage
from comeback.storage.items.base import Item, Whole


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

    def counted(self, stage: Stage, reason: SkipReason | None = None) -> int:
        return int(getattr(self, name_of(stage, reason)))


def name_of(stage: Stage, reason: SkipReason | None = None) -> str:
    """The attribute that counts a stage; skips are counted by reason."""
    return f"{stage.value}_{reason.value}" if reason else stage.value


def counter(stage: Stage, reason: SkipReason | None = None) -> Attribute[int]:
    """Raises LookupError for a stage or reason that FunnelItem does not list (a test holds them together)."""
    return FunnelItem.get_attributes()[name_of(stage, reason)]
