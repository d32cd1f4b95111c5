"""The salon that `population` makes is one that could be."""

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import mean

import pytest
from world.yclients import seeds
from world.yclients.population import Population, make_salon_population

from tests.adapters.conftest import NOW, WorldServer


@pytest.fixture(scope="module")
def made() -> Population:
    return make_salon_population(7, 120, NOW, 40)


def test_the_same_seed_makes_the_same_salon(made: Population) -> None:
    assert make_salon_population(7, 120, NOW, 40) == made
    assert make_salon_population(8, 120, NOW, 40) != made


def test_nobody_is_in_two_places_and_all_is_within_hours(made: Population) -> None:
    company = seeds.company(made.company, NOW)
    by_staff = defaultdict(list)
    for record in company.records:
        by_staff[record.staff_id].append(record)
        local = company.local(record.starts_at)
        hours = company.staff[record.staff_id].hours_on(local.date())
        assert hours is not None
        assert hours[0] <= local.time()
        assert company.local(record.ends_at).time() <= hours[1]
    for records in by_staff.values():
        records.sort(key=lambda r: r.starts_at)
        assert all(a.ends_at <= b.starts_at for a, b in pairwise(records))


def test_people_come_by_habit_and_some_drift_away(made: Population) -> None:
    visits = defaultdict(list)
    for record in made.company["records"]:
        visits[record["client_id"], record["services"][0]].append(
            datetime.fromisoformat(record["datetime"])
        )
    ratios, overdue = [], 0
    for person in made.people:
        habit, client = person["habits"], person["companies"]["4564"]
        times = visits[client, habit["service_id"]]
        assert times, f"{client} has no past"
        gaps = [(b - a) / timedelta(days=1) for a, b in pairwise(times)]
        ratios += [gap / habit["gap_days"] for gap in gaps]
        overdue += (NOW - times[-1]).days > 1.25 * habit["gap_days"]
    assert 0.9 < mean(ratios) < 1.15
    assert 0.25 < overdue / 120 < 0.5
    assert any(r["attendance"] == 0 for r in made.company["records"])
    assert made.walk_ins


def test_people_can_be_reached_and_speak(made: Population) -> None:
    phones = {client["phone"] for client in made.company["clients"]}
    assert len(phones) == 120
    assert phones == {person["phone"] for person in made.people}
    telegram = [p for p in made.people if "telegram_user_id" in p]
    assert 0.45 < len(telegram) / 120 < 0.75
    assert all(p["whatsapp"] is ("telegram_user_id" not in p) for p in made.people)
    assert 0.1 < sum(p["language"] == "en" for p in made.people) / 120 < 0.3
    assert all(0.99 < sum(p["answers"].values()) < 1.01 for p in made.people)


def test_over_http_and_into_the_world(world: WorldServer) -> None:
    body = {"seed": 3, "clients": 10, "weeks_of_history": 10, "seeded": True}
    answer = world.control.post("/world/yclients/populate", json=body)
    assert answer.status_code == 201
    assert len(world.world.yclients.company(4564).clients) == 10
    people = world.control.post("/world/people", json={"people": answer.json()["people"]})
    assert people.json() == {"people": 10}
    assert world.control.post("/world/yclients/populate", json={"clients": 1}).status_code == 422
    bad = {"id": 1, "title": "x", "partner_token": "p", "user_token": "u", "staff": [{"id": 1}]}
    problem = world.control.post("/world/yclients/companies", json=bad)
    assert problem.json()["error"].startswith("staff[0]")
