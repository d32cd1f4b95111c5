"""How much of a discount goes with an attempt."""

from collections.abc import Sequence


def discount_percent(progression: Sequence[int], attempt: int, cap: int) -> int:
    """The rule's progression by attempt (the last value for those beyond it), never over the owner's cap."""
    if not progression:
        return 0
    return max(0, min(progression[min(attempt, len(progression)) - 1], cap))
