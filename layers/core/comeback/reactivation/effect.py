"""What a rule, not yet saved, would do to the due list: the same rules that date it, applied to the entries as they stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from comeback.ports import Catalogue
from comeback.reactivation.due import dated
from comeback.reactivation.model import DueService, ServiceRule

AHEAD_DAYS = 30


@dataclass(frozen=True)
class Counted:
    """Clients on the due list by one moment: as it is, as it would be, and who makes the difference."""

    before: int
    after: int
    added: int
    removed: int


@dataclass(frozen=True)
class Effect:
    today: Counted
    ahead: Counted
    """Today and in the next 30 days together."""
    entries: int
    """Of this service: how many dates the rule decides."""
    moved: int
    """Of them, how many dates change."""


def effect(
    dues: Sequence[DueService], catalogue: Catalogue, rule: ServiceRule, today: date
) -> Effect:
    """A client counts once, for whatever service: who is due for another anyway is not added."""
    before = list(catalogue.live(dues))
    ruled = replace(catalogue, rules={**catalogue.rules, rule.service_id: rule})
    redated = [redate(due, rule) for due in dues]
    after = list(ruled.live(redated))
    last = today + timedelta(days=AHEAD_DAYS)
    mine = [(old, new) for old, new in zip(dues, redated, strict=True) if _of(rule, old)]
    return Effect(
        today=_counted(_clients(before, today), _clients(after, today)),
        ahead=_counted(_clients(before, last), _clients(after, last)),
        entries=len(mine),
        moved=sum(old.next_on != new.next_on for old, new in mine),
    )


def redate(due: DueService, rule: ServiceRule) -> DueService:
    """Another service's entry stays as it is."""
    return dated(due, rule) if _of(rule, due) else due


def _of(rule: ServiceRule, due: DueService) -> bool:
    return due.service_id == rule.service_id


def _clients(dues: Iterable[DueService], until: date) -> set[str]:
    return {due.client_id for due in dues if due.next_on <= until}


def _counted(before: set[str], after: set[str]) -> Counted:
    return Counted(len(before), len(after), len(after - before), len(before - after))
