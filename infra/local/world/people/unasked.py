"""People book past the business's messages too: at the desk or by phone."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from world.people.person import Person

if TYPE_CHECKING:
    from world.context import World

SOONEST, LATEST = 2, 10
"""Days ahead at which someone books."""


def book(world: "World", person: Person) -> bool:
    """Takes the first free time that suits the person's habits, as a walk-in, in each company that knows them.

    False when no company does, or nothing was free; what they say then is not true, as happens.
    """
    booked = False
    for company_id, client_id in person.companies.items():
        salon = world.yclients.companies.get(company_id)
        staff_id, service_id = (person.habits.get(k) for k in ("favourite_staff", "service_id"))
        if salon is None or client_id not in salon.clients:
            continue
        if staff_id not in salon.staff or service_id not in salon.services:
            continue
        hour = int(person.habits.get("hours", (12, 18))[0])
        first = salon.local(world.clock.now()).date()
        for ahead in range(SOONEST, LATEST, 4):
            day = first + timedelta(days=ahead)
            when = datetime.combine(day, time(hour), tzinfo=salon.zone)
            if world.yclients.walk_in(
                company_id, client_id, service_id, staff_id, when, flexible=True
            ):
                booked = True
                break
    return booked
