"""Whom to ask about tomorrow's unsold times, the likeliest first. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from comeback.bookings.model import Slot
from comeback.reactivation.model import Candidate, DueService, Preferences
from comeback.reactivation.slots import score
from comeback.reactivation.worth import Gain, best_first

AHEAD_DAYS = 10
"""So long before their date clients count as nearly due: a judgement, a third of the usual month between visits."""
READ_AT_MOST = 60
"""Files loaded for one day's choice: six times what the owner lets be sent by default, so that half may drop out."""
DRIFT_DAYS = 7
"""Entries of older releases may stand a few days behind their date without a rest. One that is shorter than this is seen in
the file: the last message is too near."""
UNKNOWN_FIT = 0.5
UNKNOWN_GAIN = Gain(margin=1.0, discount=0.0, fatigue=0.0, price=0.0)
"""One minor unit, where no price is known: behind all whose gain is, and by chance among themselves."""


@dataclass(frozen=True)
class Prospect:
    """A client who may be asked. `chance`: of taking `slot`, 0 to 1. `gain`: of a message; None where no price is known."""

    client_id: str
    service_id: str
    slot: Slot
    chance: float
    gain: Gain | None


def near_due(
    dues: Iterable[DueService], today: date, services: Collection[str], most: int = READ_AT_MOST
) -> list[DueService]:
    """One service per client, those nearest to their date first: there a return is likeliest."""
    chosen: dict[str, DueService] = {}
    for due in dues:
        if due.service_id not in services or resting(due, today):
            continue
        rival = chosen.get(due.client_id)
        if rival is None or _distance(due, today) < _distance(rival, today):
            chosen[due.client_id] = due
    return sorted(chosen.values(), key=lambda due: _distance(due, today))[: max(0, most)]


def resting(due: DueService, today: date) -> bool:
    """`next_on` was moved well behind the date itself: they declined, kept silent or were written to of late."""
    return due.next_on > today and (due.next_on - due.due_on).days > DRIFT_DAYS


def _distance(due: DueService, today: date) -> tuple[int, str, str]:
    return abs((due.due_on - today).days), due.client_id, due.service_id


def fit(slot: Slot, likes: Preferences, zone: ZoneInfo) -> float:
    """0 to 1: how well it suits their ways; of whom little is known, half of it is unknown."""
    known = likes.confidence
    return known * score(slot, likes, zone) + (1 - known) * UNKNOWN_FIT


def best_slot(slots: Iterable[Slot], likes: Preferences, zone: ZoneInfo) -> Slot | None:
    """Of equals the sooner."""
    return min(slots, key=lambda s: (-fit(s, likes, zone), s.starts_at, s.staff_id), default=None)


def likeliest(prospects: Iterable[Prospect], most: int) -> tuple[Candidate, ...]:
    """At most `most`, each client once, by chance × expected gain; nobody whom a message would not pay for."""
    best: dict[str, Prospect] = {}
    for prospect in prospects:
        rival = best.get(prospect.client_id)
        if rival is None or _expected(prospect).total > _expected(rival).total:
            best[prospect.client_id] = prospect
    order = best_first({name: _expected(p) for name, p in best.items()}, most)
    return tuple(
        Candidate(p.client_id, p.service_id, p.slot, round(p.chance, 4))
        for p in (best[name] for name in order)
    )


def _expected(prospect: Prospect) -> Gain:
    """All parts weighed alike, so that what pays for its message goes on doing so."""
    gain, chance = prospect.gain or UNKNOWN_GAIN, prospect.chance
    return replace(
        gain,
        margin=gain.margin * chance,
        discount=gain.discount * chance,
        fatigue=gain.fatigue * chance,
        price=gain.price * chance,
    )
