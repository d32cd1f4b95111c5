"""Records: listing, reading, writing. Blueprint, group «Записи»; needs a user's token."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from starlette.routing import BaseRoute

from world.yclients import schedule, views
from world.yclients.errors import BUSY, ApiError, invalid, not_found
from world.yclients.gate import Answer, Call, endpoint, whole
from world.yclients.model import Client, Record, Sold, digits_of

if TYPE_CHECKING:
    from world.context import World

PAGE, PAGE_LIMIT = 50, 300
ATTENDANCES = (-1, 0, 1, 2)


def routes(world: "World") -> list[BaseRoute]:
    many, one = "/records/{company:int}", "/record/{company:int}/{record:int}"
    return [
        endpoint(world, "GET", many, "records", listed),
        endpoint(world, "POST", many, "create_record", create),
        endpoint(world, "GET", one, "record", read),
        endpoint(world, "PUT", one, "update_record", update),
        endpoint(world, "DELETE", one, "delete_record", delete),
    ]


def listed(call: Call) -> Answer:
    """By time of visit, oldest first. Dates in filters are local and inclusive."""
    tests = _filters(call)
    found = [r for r in call.company.records if all(test(r) for test in tests)]
    found.sort(key=lambda r: (r.starts_at, r.record_id))
    page, count = call.number("page", 1, 1), call.number("count", PAGE, 1, PAGE_LIMIT)
    shown = found[(page - 1) * count : page * count]
    data = [views.record(call.company, r) for r in shown]
    return Answer(data, {"page": page, "total_count": len(found)})


def _filters(call: Call) -> list[Callable[[Record], bool]]:
    query = call.query
    tests: list[Callable[[Record], bool]] = []
    if not call.number("with_deleted", 0):
        tests.append(lambda r: not r.deleted)
    if query.get("staff_id"):
        staff = call.number("staff_id", 0)
        tests.append(lambda r: r.staff_id == staff)
    if query.get("client_id"):
        client = call.number("client_id", 0)
        tests.append(lambda r: r.client_id == client)
    for prefix, moment in (("", _starts), ("c_", _created)):
        if query.get(f"{prefix}start_date"):
            tests.append(_since(_midnight(call, query[f"{prefix}start_date"]), moment))
        if query.get(f"{prefix}end_date"):
            after = _midnight(call, query[f"{prefix}end_date"], 1)
            tests.append(_before(after, moment))
    if query.get("changed_after"):
        tests.append(_since(call.moment(query["changed_after"], "changed_after"), _changed))
    if query.get("changed_before"):
        before = call.moment(query["changed_before"], "changed_before")
        tests.append(_before(before + timedelta(seconds=1), _changed))
    return tests


def _starts(record: Record) -> datetime:
    return record.starts_at


def _created(record: Record) -> datetime:
    return record.created_at


def _changed(record: Record) -> datetime:
    return record.changed_at


def _since(edge: datetime, moment: Callable[[Record], datetime]) -> Callable[[Record], bool]:
    return lambda record: moment(record) >= edge


def _before(edge: datetime, moment: Callable[[Record], datetime]) -> Callable[[Record], bool]:
    return lambda record: moment(record) < edge


def _midnight(call: Call, text: str, days: int = 0) -> datetime:
    try:
        day = date.fromisoformat(text[:10]) + timedelta(days=days)
    except ValueError:
        raise invalid("date", "Неверный формат даты.") from None
    return datetime.combine(day, time(), call.company.zone).astimezone(UTC)


def read(call: Call) -> Answer:
    """A deleted record is shown, with "deleted": true."""
    return Answer(views.record(call.company, _record(call)))


def create(call: Call) -> Answer:
    wanted = _wanted(call, None)
    company, state = call.company, call.world.yclients
    client = _client(call)
    record = state.add_record(
        company,
        wanted["staff_id"],
        client.client_id if client else None,
        wanted["services"],
        wanted["starts_at"],
        wanted["length"],
        comment=str(call.fields.get("comment") or ""),
        api_id=str(call.fields.get("api_id") or ""),
        attendance=_attendance(call, 0),
    )
    return Answer(views.record(company, record), status=201)


def update(call: Call) -> Answer:
    record = _live(call)
    wanted, client = _wanted(call, record), _client(call)

    def change(r: Record) -> None:
        r.staff_id, r.services = wanted["staff_id"], wanted["services"]
        r.starts_at, r.seance_length = wanted["starts_at"], wanted["length"]
        r.client_id = client.client_id if client else r.client_id
        r.comment = str(call.fields.get("comment", r.comment))
        r.api_id = str(call.fields.get("api_id", r.api_id))
        r.attendance = _attendance(call, r.attendance)

    call.world.yclients.change_record(call.company, record, change)
    return Answer(views.record(call.company, record), status=201)


def delete(call: Call) -> Answer:
    call.world.yclients.delete_record(call.company, _live(call))
    return Answer(None, status=204)


def _record(call: Call) -> Record:
    found = call.company.records.get(call.path["record"])
    if found is None:
        raise not_found("Запись не найдена")
    return found


def _live(call: Call) -> Record:
    found = _record(call)
    if found.deleted:
        raise not_found("Запись не найдена")
    return found


def _wanted(call: Call, record: Record | None) -> dict[str, Any]:
    """Staff, services, time and length, checked. Raises ApiError."""
    for name in ("staff_id", "datetime", "services"):
        if name not in call.fields:
            raise invalid(name, "Значение не должно быть пустым.")
    staff = call.company.staff.get(whole(call.fields["staff_id"], "staff_id"))
    if staff is None:
        raise invalid("staff_id", "Сотрудник не найден.")
    services = _services(call)
    length = schedule.length_of(call.company, staff, [s.service_id for s in services])
    length = call.number("seance_length", length, 300, 86_400)
    starts_at = call.moment(call.fields["datetime"])
    but = record.record_id if record else None
    same = record is not None and (record.starts_at, record.staff_id) == (starts_at, staff.staff_id)
    free = schedule.is_free(call.company, staff, starts_at, length, call.now, but)
    if not (call.fields.get("save_if_busy") or free or same):
        raise ApiError(422, "Выбранное время уже занято или является нерабочим.", code=BUSY)
    found = {"staff_id": staff.staff_id, "services": services}
    return {**found, "starts_at": starts_at, "length": length}


def _services(call: Call) -> list[Sold]:
    given = call.fields.get("services") or []
    if not isinstance(given, list) or not all(isinstance(raw, Mapping) for raw in given):
        raise invalid("services", "Значение должно быть массивом объектов.")
    found = []
    for raw in given:
        service = call.company.services.get(whole(raw.get("id", 0), "services"))
        if service is None:
            raise invalid("services", "Услуга не найдена.")
        first = whole(raw.get("first_cost", service.price_min), "services")
        cost = whole(raw.get("cost", first), "services")
        discount = whole(raw.get("discount", 0), "services")
        found.append(Sold(service.service_id, cost, first, discount))
    return found


def _client(call: Call) -> Client | None:
    """The one with this id or phone; a new one for an unknown phone."""
    raw = call.fields.get("client")
    if not isinstance(raw, Mapping) or not raw:
        return None
    if raw.get("id"):
        known = call.company.clients.get(whole(raw["id"], "client.id"))
        if known is None:
            raise invalid("client", "Клиент не найден.")
        return known
    known = call.company.by_phone(str(raw.get("phone", "")))
    if known is not None:
        return known
    phone, name = digits_of(str(raw.get("phone", ""))), str(raw.get("name") or "")
    if len(phone) not in range(9, 16):
        raise invalid("client.phone", "Телефон должен содержать от 9 до 15 цифр")
    added: Client = call.world.yclients.add_client(call.company, name, f"+{phone}")
    return added


def _attendance(call: Call, default: int) -> int:
    found = call.number("attendance", default, -10, 10)
    if found not in ATTENDANCES:
        raise invalid("attendance", "Недопустимое значение.")
    return found
