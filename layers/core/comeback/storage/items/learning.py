"""What was tried and won, arm by arm, and what the days used."""

from collections.abc import Mapping
from datetime import date

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from comeback.changes import CountArm
from comeback.ports import Usage
from comeback.reactivation.model import Tally
from comeback.storage.items.base import Item, Whole


class ArmItem(Item, discriminator="arm"):
    """Counters on top, because ADD makes those from nothing."""

    dimension = UnicodeAttribute()
    arm = UnicodeAttribute()
    tried = Whole(default=0)
    won = Whole(default=0)

    @classmethod
    def adding(cls, change: CountArm) -> list[Action]:
        return [
            cls.tried.add(change.tried),
            cls.won.add(change.won),
            cls.kind.set(cls),
            cls.dimension.set(change.dimension),
            cls.arm.set(change.arm),
        ]

    def tally(self) -> Tally:
        return Tally(max(self.tried, self.won), self.won)


class UsageItem(Item, discriminator="usage"):
    """One day's, one company's. Its counters add up in decimals, so fractions stay exact."""

    write_units = NumberAttribute(default=0)
    read_units = NumberAttribute(default=0)
    queue_requests = NumberAttribute(default=0)
    state_transitions = Whole(default=0)
    function_calls = NumberAttribute(default=0)
    function_ms = Whole(default=0)
    tokens_in = Whole(default=0)
    tokens_out = Whole(default=0)

    @classmethod
    def adding(cls, usage: Mapping[str, float]) -> list[Action]:
        """Raises LookupError for a name that Usage does not have."""
        counters = cls.get_attributes()
        return [*(counters[name].add(n) for name, n in usage.items() if n), cls.kind.set(cls)]

    def usage(self) -> Usage:
        on = date.fromisoformat(self.sk.split("#")[1])
        names = Usage.__dataclass_fields__.keys() - {"on"}
        return Usage(on, **{name: getattr(self, name) for name in names})
