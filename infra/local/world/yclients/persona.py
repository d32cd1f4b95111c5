"""One client: name, phone, habits, and how they answer messages."""

from dataclasses import dataclass
from random import Random
from typing import Any

from world.yclients import population_names as names
from world.yclients.diary import Habit

ENGLISH = 0.2
TELEGRAM = 0.6
"""Share reached by Telegram; the others use WhatsApp."""
HOURS = ((10, 13), (12, 17), (17, 21), (10, 20))
TWO_SERVICES = 0.25
SCATTER = 7_368_787
"""Prime to 10, so that different clients get different numbers."""
WEEKDAYS = ((0, 1, 2, 3, 4), (5, 6), (0, 1, 2, 3, 4, 5, 6), (4, 5, 6))
DELAYS = ((1, 20), (5, 120), (20, 240), (60, 720))
"""Minutes until people answer; the last are those who look at their phone twice a day."""


@dataclass(frozen=True)
class Persona:
    """`overdue_gaps`: for how many usual gaps someone overdue has not come."""

    client: dict[str, Any]
    habits: tuple[Habit, ...]
    """One per service they live by, the main one first."""
    language: str
    telegram_user_id: int | None
    time_zone: str
    answers: dict[str, float]
    delay: tuple[int, int]
    overdue: bool
    overdue_gaps: float

    def person(self, company_id: int) -> dict[str, Any]:
        """As POST /world/people takes it."""
        habit = self.habits[0]
        address = {"telegram_user_id": self.telegram_user_id} if self.telegram_user_id else {}
        return {
            "id": f"person-{habit.client_id}",
            "name": self.client["name"].split()[0],
            "language": self.language,
            "phone": self.client["phone"],
            **address,
            "whatsapp": self.telegram_user_id is None,
            "time_zone": self.time_zone,
            "companies": {str(company_id): habit.client_id},
            "habits": {
                "service_id": habit.service_id,
                "gap_days": round(habit.gap_days, 1),
                "gap_sd": round(habit.gap_sd, 1),
                "favourite_staff": habit.favourite_staff,
                "hours": list(habit.hours),
                "weekdays": list(habit.weekdays),
            },
            "answers": self.answers,
            "reply_delay_minutes": list(self.delay),
        }


def persona(rng: Random, client_id: int, time_zone: str, *, overdue: bool) -> Persona:
    language = "en" if rng.random() < ENGLISH else "ru"
    offer_id, woman = _offer(rng)
    client = {
        "id": client_id,
        "name": _name(rng, language, woman),
        "phone": f"+7{rng.choice(names.OPERATORS)}{client_id * SCATTER % 10_000_000:07d}",
        "sex_id": 2 if woman else 1,
    }
    telegram = 700_000_000 + client_id if rng.random() < TELEGRAM else None
    return Persona(
        client,
        tuple(_habit(rng, client_id, i) for i in (offer_id, *_second(rng, offer_id, woman))),
        language,
        telegram,
        time_zone,
        _answers(rng, overdue),
        rng.choices(DELAYS, (3, 4, 2, 1))[0],
        overdue,
        1.3 + rng.expovariate(1 / 1.2),
    )


def _offer(rng: Random) -> tuple[int, bool]:
    offer_id = rng.choices(range(len(names.OFFERS)), [o.share for o in names.OFFERS])[0]
    if offer_id in names.MEN_ONLY:
        return offer_id, False
    return offer_id, offer_id in names.WOMEN_ONLY or rng.random() < 0.85


def _second(rng: Random, first: int, woman: bool) -> tuple[int, ...]:
    if rng.random() >= TWO_SERVICES:
        return ()
    shut = names.MEN_ONLY if woman else names.WOMEN_ONLY
    return (rng.choice([i for i in range(len(names.OFFERS)) if i != first and i not in shut]),)


def _name(rng: Random, language: str, woman: bool) -> str:
    first = rng.choice(names.NAMES[f"{'women' if woman else 'men'}_{language}"])
    surname = rng.choice(names.NAMES[f"surnames_{language}"])
    return f"{first} {surname}{'а' if woman and language == 'ru' else ''}"


def _habit(rng: Random, client_id: int, offer_id: int) -> Habit:
    offer = names.OFFERS[offer_id]
    masters = [201 + n for n, m in enumerate(names.MASTERS) if offer_id in m.offers]
    rng.shuffle(masters)
    gap = offer.gap_days * rng.lognormvariate(0, 0.25)
    regularity = rng.choices((0.1, 0.2, 0.4), (4, 4, 2))[0]
    return Habit(
        client_id,
        101 + offer_id,
        offer.length,
        gap,
        gap * regularity,
        masters[0],
        tuple(masters[1:]),
        rng.uniform(0.75, 1.0),
        rng.choice(HOURS),
        rng.choices(WEEKDAYS, (4, 2, 3, 1))[0],
    )


def _answers(rng: Random, overdue: bool) -> dict[str, float]:
    """Weights by intent. Those who drifted away say less, and less often yes."""
    warm = rng.uniform(0.6, 1.4) * (0.8 if overdue else 1.1)
    found = {
        "yes": 0.35 * warm,
        "other_time": 0.10,
        "other_service": 0.05,
        "other_master": 0.05,
        "away": 0.05,
        "already_booked": 0.03,
        "no": 0.05,
        "question": 0.03,
        "stop": 0.03,
        "silence": 0.34 / warm,
    }
    whole = sum(found.values())
    return {name: round(weight / whole, 3) for name, weight in found.items()}
