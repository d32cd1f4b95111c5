"""Who is written to first when the day's limit is smaller than the due list (reactivation.md, Detector)."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from comeback.reactivation.model import DueService

LOYALTY_VIP, LOYALTY_REGULAR, LOYALTY_NEW = 5, 3, 1
REGULAR_VISITS = 3
"""From this many completed visits a client is Regular."""


def loyalty(due: DueService) -> int:
    if due.vip:
        return LOYALTY_VIP
    return LOYALTY_REGULAR if due.visits >= REGULAR_VISITS else LOYALTY_NEW


class Parts(NamedTuple):
    """Of a priority; their sum is it."""

    loyalty: float
    spend: float
    visits: float
    silence: float


def parts(due: DueService, on: date) -> Parts:
    """0.4 loyalty, 0.3 spend/1000, 0.2 visits×2, 0.1 daysSince/10, spend in major units of the currency."""
    spend = due.spend_minor / 100
    days_since = (on - due.last_visit_on).days
    return Parts(
        0.4 * loyalty(due), 0.3 * spend / 1000, 0.2 * due.visits * 2, 0.1 * days_since / 10
    )


def priority(due: DueService, on: date) -> float:
    return sum(parts(due, on))


def most_overdue_per_client(dues: Iterable[DueService]) -> list[DueService]:
    """One journey per client across services: the service longest overdue wins."""
    chosen: dict[str, DueService] = {}
    for due in dues:
        rival = chosen.get(due.client_id)
        if rival is None or (due.due_on, due.service_id) < (rival.due_on, rival.service_id):
            chosen[due.client_id] = due
    return list(chosen.values())


def in_order(dues: Iterable[DueService], on: date) -> list[DueService]:
    """VIP → Regular → New, and by priority within; ties by id, so that the order repeats."""
    return sorted(dues, key=lambda due: (-loyalty(due), -priority(due, on), due.client_id))
