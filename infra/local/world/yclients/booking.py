"""Online booking: what may be booked, when, and booking it. Blueprint, group «Онлайн-запись»; partner token is enough."""

from collections import defaultdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from starlette.routing import BaseRoute

from world.yclients import appointments, schedule, views
from world.yclients.errors import BLACKLIST, NAME, PHONE, ApiError, not_found
from world.yclients.gate import Answer, Call, endpoint
from world.yclients.model import Client, Service, Staff, digits_of

if TYPE_CHECKING:
    from world.context import World

PHONE_DIGITS = range(9, 16)
"""«Телефон должен содержать от 9 до 15 цифр»"""


def routes(world: "World") -> list[BaseRoute]:
    def route(method: str, path: str, name: str, handle: Any) -> BaseRoute:
        return endpoint(world, method, path, name, handle, needs_user=False)

    times = "/book_times/{company:int}/{staff:int}/{date}"
    nearest = "/book_staff_seances/{company:int}/{staff:int}"
    return [
        route("GET", "/book_services/{company:int}", "book_services", services),
        route("GET", "/book_staff/{company:int}", "book_staff", staff),
        route("GET", "/book_dates/{company:int}", "book_dates", dates),
        route("GET", times, "book_times", book_times),
        route("GET", nearest, "book_staff_seances", nearest_seances),
        route("POST", "/book_check/{company:int}", "book_check", check),
        route("POST", "/book_record/{company:int}", "book_record", book),
    ]


def services(call: Call) -> Answer:
    master = call.company.staff.get(call.number("staff_id", 0))
    shown = [
        _service(call, s, master)
        for s in call.company.services.values()
        if s.active and (master is None or s.service_id in master.lengths)
    ]
    categories = {s.category_id: s.category for s in call.company.services.values() if s.category}
    folders = [
        {"id": i, "title": title, "sex": 0, "api_id": 0, "weight": 1}
        for i, title in categories.items()
    ]
    return Answer({"events": [], "services": shown, "category": folders})


def _service(call: Call, s: Service, master: Staff | None) -> dict[str, Any]:
    names = ("id", "title", "category_id", "price_min", "price_max", "discount", "comment")
    whole = views.service(call.company, s)
    found = {name: whole[name] for name in (*names, "weight", "active", "prepaid")}
    found |= {"sex": 0, "image": ""}
    if master is not None:
        found["seance_length"] = schedule.length_of(call.company, master, [s.service_id])
    return found


def staff(call: Call) -> Answer:
    wanted = call.ids("service_ids")
    at = call.moment(call.query["datetime"]) if call.query.get("datetime") else None
    return Answer([_member(call, m, wanted, at) for m in _bookable(call, wanted)])


def _member(call: Call, m: Staff, wanted: list[int], at: datetime | None) -> dict[str, Any]:
    length = schedule.length_of(call.company, m, wanted)
    day = _first_day(call, m, length)
    bookable = day is not None
    if at is not None:
        bookable = schedule.is_free(call.company, m, at, length, call.now)
    shown = {k: v for k, v in views.staff(call.company, m).items() if k != "services_links"}
    near = {"seance_date": day.isoformat()} if day else {}
    return {**shown, "bookable": bookable, **near, "seances": []}


def dates(call: Call) -> Answer:
    wanted = call.ids("service_ids")
    chosen = call.number("staff_id", 0)
    masters = [m for m in _bookable(call, wanted) if chosen in (0, m.staff_id)]
    days = schedule.days_ahead(call.company, call.now)
    if call.query.get("date"):
        month = _day(call.query["date"])
        days = [d for d in days if (d.year, d.month) == (month.year, month.month)]
    working = [d for d in days if any(m.hours_on(d) for m in masters)]
    free = [d for d in working if any(_free(call, m, d, wanted) for m in masters)]
    return Answer(
        {
            "booking_days": _by_month(free),
            "booking_dates": [d.isoformat() for d in free],
            "working_days": _by_month(working),
            "working_dates": [d.isoformat() for d in working],
        }
    )


def book_times(call: Call) -> Answer:
    """Staff 0: times at which anybody is free."""
    wanted, day = call.ids("service_ids"), _day(call.path["date"])
    chosen = call.path["staff"]
    masters = [m for m in _bookable(call, wanted) if chosen in (0, m.staff_id)]
    if chosen and chosen not in call.company.staff:
        raise not_found()
    found = {at: seance for m in masters for at, seance in _seances(call, m, day, wanted)}
    return Answer([found[at] for at in sorted(found)])


def nearest_seances(call: Call) -> Answer:
    master = call.company.staff.get(call.path["staff"])
    if master is None:
        raise not_found()
    wanted = call.ids("service_ids")
    day = _first_day(call, master, schedule.length_of(call.company, master, wanted))
    if call.query.get("datetime"):
        day = _day(call.query["datetime"][:10])
    found = [seance for _, seance in _seances(call, master, day, wanted)] if day else []
    return Answer({"seance_date": day.isoformat() if day else None, "seances": found})


def check(call: Call) -> Answer:
    appointments.placed(call)
    return Answer(None, status=201)


def book(call: Call) -> Answer:
    phone, name = (
        str(call.fields.get("phone") or ""),
        str(call.fields.get("fullname") or "").strip(),
    )
    if len(digits_of(phone)) not in PHONE_DIGITS:
        raise ApiError(422, "Неверный формат номера телефона", code=PHONE)
    if not name:
        raise ApiError(422, "Не указано имя клиента", code=NAME)
    known = call.company.by_phone(phone)
    if known is not None and known.blacklisted:
        raise ApiError(403, "Вы не можете записаться онлайн", code=BLACKLIST)
    placed = appointments.placed(call)
    client = known or _new_client(call, name, phone)
    made = []
    for p in placed:
        state = call.world.yclients
        record = state.add_record(
            call.company,
            p.staff.staff_id,
            client.client_id,
            state.sold(call.company, p.services),
            p.starts_at,
            p.length,
            online=True,
            comment=str(call.fields.get("comment") or ""),
            api_id=str(call.fields.get("api_id") or ""),
        )
        made.append(
            {"id": p.given_id, "record_id": record.record_id, "record_hash": record.record_hash}
        )
    return Answer(made, status=201)


def _new_client(call: Call, name: str, phone: str) -> Client:
    email = str(call.fields.get("email") or "")
    state = call.world.yclients
    added: Client = state.add_client(call.company, name, f"+{digits_of(phone)}", email=email)
    return added


def _bookable(call: Call, wanted: list[int]) -> list[Staff]:
    known = [i for i in wanted if i in call.company.services]
    return [
        m
        for m in call.company.staff.values()
        if not (m.fired or m.hidden) and len(known) == len(wanted) and schedule.does(m, wanted)
    ]


def _free(call: Call, m: Staff, day: date, wanted: list[int]) -> bool:
    length = schedule.length_of(call.company, m, wanted)
    return any(True for _ in schedule.free_times(call.company, m, day, length, call.now))


def _first_day(call: Call, m: Staff, length: int) -> date | None:
    for day in schedule.days_ahead(call.company, call.now):
        if any(True for _ in schedule.free_times(call.company, m, day, length, call.now)):
            return day
    return None


def _seances(
    call: Call, m: Staff, day: date, wanted: list[int]
) -> list[tuple[datetime, dict[str, Any]]]:
    if day > schedule.days_ahead(call.company, call.now)[-1]:
        return []
    length = schedule.length_of(call.company, m, wanted)
    return [
        (
            at,
            {
                "time": f"{at.hour}:{at:%M}",
                "seance_length": length,
                "sum_length": length,
                "datetime": at.isoformat(),
            },
        )
        for at in schedule.free_times(call.company, m, day, length, call.now)
    ]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise not_found("Неверный формат даты") from None


def _by_month(days: list[date]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for day in days:
        found[str(day.month)].append(str(day.day))
    return dict(found)
