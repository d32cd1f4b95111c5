"""A believable salon with a past: who its clients are, how they live, when they came and who drifted away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from world.yclients.diary import Diary, Habit
from world.yclients.persona import Persona, persona
from world.yclients.population_names import MASTERS, OFFERS

PARTNER_TOKEN, USER_TOKEN = "partner-token", "user-token"
FIRST_RECORD, FIRST_CLIENT = 1_000_001, 500_001
MISSED = 0.03
"""Share of past visits to which nobody came."""
BOOKS_AHEAD = 0.25
"""Share of active clients who have their next visit booked already."""


@dataclass
class Population:
    """`company`: what `seed_company` takes; `people`: what POST /world/people takes.

    `walk_ins`: visits that people will book by themselves, as bodies of POST /world/yclients/act, by "at". Without
    them nobody in a holdout would ever come back.
    """

    company: dict[str, Any]
    people: list[dict[str, Any]]
    walk_ins: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {"company": self.company, "people": self.people, "walk_ins": self.walk_ins}


def make_salon_population(
    seed: int,
    clients: int,
    now: datetime,
    weeks_of_history: int = 52,
    *,
    company_id: int = 4564,
    title: str = "Салон «Весна»",
    time_zone: str = "Europe/Moscow",
    partner_token: str = PARTNER_TOKEN,
    user_token: str = USER_TOKEN,
    webhook_urls: tuple[str, ...] = (),
    drifted: float = 0.35,
    returns_by_itself: float = 0.12,
    weeks_ahead: int = 8,
) -> Population:
    """Deterministic by its arguments. `drifted`: share of clients overdue by now; `returns_by_itself`: share of those
    who come back unasked within `weeks_ahead`."""
    zone = ZoneInfo(time_zone)
    company = _company(company_id, title, time_zone, partner_token, user_token, webhook_urls, now)
    diary = Diary(zone, _hours(now), now)
    made = Population(company, [])
    begins = now - timedelta(weeks=weeks_of_history)
    everyone: list[Persona] = []
    for n in range(clients):
        rng = Random(f"{seed}:client:{n}")
        who = persona(rng, FIRST_CLIENT + n, time_zone, overdue=rng.random() < drifted)
        company["clients"].append(who.client)
        made.people.append(who.person(company_id))
        everyone.append(who)
    for who in everyone:
        for habit in who.habits:
            rng = Random(f"{seed}:life:{habit.client_id}:{habit.service_id}")
            last = _past(diary, habit, who, rng, begins)
            _future(made, diary, habit, who, rng, last, weeks_ahead, returns_by_itself)
    company["records"] = _records(diary, Random(f"{seed}:records"))
    made.walk_ins.sort(key=lambda visit: str(visit["at"]))
    return made


def _company(
    company_id: int,
    title: str,
    time_zone: str,
    partner_token: str,
    user_token: str,
    webhook_urls: tuple[str, ...],
    now: datetime,
) -> dict[str, Any]:
    services = [
        {
            "id": 101 + n,
            "title": o.title,
            "category": o.title_category,
            "category_id": 11 + sorted({x.title_category for x in OFFERS}).index(o.title_category),
            "length": o.length * 60,
            "price_min": o.price,
            "price_max": round(o.price * 1.4, -2),
        }
        for n, o in enumerate(OFFERS)
    ]
    staff = [
        {
            "id": 201 + n,
            "name": m.name,
            "specialization": m.specialization,
            "services": [101 + i for i in m.offers],
            "schedule": _schedule(n, now),
        }
        for n, m in enumerate(MASTERS)
    ]
    named = {"id": company_id, "title": title, "timezone": time_zone, "services": services}
    tokens = {"partner_token": partner_token, "user_token": user_token}
    rest: dict[str, Any] = {"staff": staff, "clients": [], "records": []}
    return {**named, **tokens, "webhook_urls": list(webhook_urls), **rest}


def _schedule(n: int, now: datetime) -> dict[str, Any]:
    master = MASTERS[n]
    hours = [f"{at:%H:%M}" for at in master.hours]
    if master.rota is None:
        return {str(day): hours for day in master.weekdays}
    on, off = master.rota
    return {"on": on, "off": off, "since": _rota_since(n, now).isoformat(), "hours": hours}


def _rota_since(n: int, now: datetime) -> date:
    """Rotas of different masters are shifted against each other."""
    return now.date() - timedelta(days=400 + n)


def _hours(now: datetime) -> Mapping[int, Any]:
    """By staff id: day → working hours or None."""

    def of(n: int) -> Any:
        master, since = MASTERS[n], _rota_since(n, now)

        def hours(day: date) -> tuple[time, time] | None:
            if master.rota is None:
                return master.hours if day.weekday() in master.weekdays else None
            on, off = master.rota
            return master.hours if (day - since).days % (on + off) < on else None

        return hours

    return {201 + n: of(n) for n in range(len(MASTERS))}


def _past(diary: Diary, habit: Habit, who: Persona, rng: Random, begins: datetime) -> datetime:
    """Visits from when they first came until the last one; returns when the next would be due."""
    newcomer = begins + (diary.now - begins) * rng.random() ** 2 * 0.9
    stops = diary.now - timedelta(days=habit.gap_days * who.overdue_gaps)
    if not who.overdue:
        stops = diary.now
    due = min(newcomer, stops - timedelta(days=habit.gap_days * rng.uniform(0.2, 3.0)))
    while due < stops:
        visit = diary.visit(habit, due, rng)
        due = (visit.starts_at if visit else due) + timedelta(days=habit.gap(rng))
    return due


def _future(
    made: Population,
    diary: Diary,
    habit: Habit,
    who: Persona,
    rng: Random,
    due: datetime,
    weeks_ahead: int,
    returns_by_itself: float,
) -> None:
    """What is booked already goes into the diary; what will be booked unasked, into `walk_ins`."""
    ends = diary.now + timedelta(weeks=weeks_ahead)
    if who.overdue:
        if rng.random() >= returns_by_itself:
            return
        due = diary.now + (ends - diary.now) * rng.random()
    elif rng.random() < BOOKS_AHEAD:
        visit = diary.visit(habit, max(due, diary.now + timedelta(days=1)), rng)
        due = (visit.starts_at if visit else due) + timedelta(days=habit.gap(rng))
    while due < ends:
        planned = diary.plan(habit, max(due, diary.now + timedelta(days=1)), rng)
        if planned is not None:
            at = max(diary.now, planned.starts_at - timedelta(days=rng.uniform(0.3, 4.0)))
            made.walk_ins.append(
                {
                    "do": "walk_in",
                    "at": at.isoformat(timespec="seconds"),
                    "company": made.company["id"],
                    "client": habit.client_id,
                    "service": habit.service_id,
                    "staff": planned.staff_id,
                    "when": planned.starts_at.isoformat(),
                }
            )
        due += timedelta(days=habit.gap(rng))


def _records(diary: Diary, rng: Random) -> list[dict[str, Any]]:
    """Numbered in the order of time, as in life."""
    found = []
    for n, visit in enumerate(sorted(diary.visits, key=lambda v: (v.starts_at, v.staff_id))):
        past = visit.ends_at <= diary.now
        missed = past and rng.random() < MISSED
        created = min(visit.starts_at, diary.now) - timedelta(days=rng.uniform(0.1, 6.0))
        found.append(
            {
                "id": FIRST_RECORD + n,
                "staff_id": visit.staff_id,
                "client_id": visit.client_id,
                "services": [visit.service_id],
                "datetime": visit.starts_at.astimezone(diary.zone).isoformat(),
                "attendance": -1 if missed else int(past),
                "created": created.astimezone(UTC).isoformat(timespec="seconds"),
            }
        )
    return found
