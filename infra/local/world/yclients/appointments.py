"""The appointments of one booking request: each must have a member of staff, a service and a free time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from world.people.phrases import MONTHS_RU
from world.yclients import schedule
from world.yclients.errors import BUSY, NO_SERVICE, NO_STAFF, OVERLAP, ApiError, invalid
from world.yclients.gate import Call, whole
from world.yclients.model import Staff


@dataclass(frozen=True)
class Placed:
    """`given_id`: the caller's own number of the appointment."""

    given_id: Any
    staff: Staff
    services: list[int]
    starts_at: datetime
    length: int

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(seconds=self.length)


def placed(call: Call) -> list[Placed]:
    """Raises ApiError with the code of the first that can not be."""
    raw = call.fields.get("appointments")
    if not isinstance(raw, list) or not raw or not all(isinstance(a, Mapping) for a in raw):
        raise invalid("appointments", "Значение не должно быть пустым.")
    found: list[Placed] = []
    for appointment in raw:
        one = _place(call, appointment)
        if any(_overlap(one, other) for other in found):
            words = "Выбранное время пересекается с другой записью этого запроса."
            raise ApiError(422, words, code=OVERLAP, appointment=one.given_id)
        found.append(one)
    return found


def _overlap(one: Placed, other: Placed) -> bool:
    same = one.staff.staff_id == other.staff.staff_id
    return same and one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _place(call: Call, raw: Mapping[str, Any]) -> Placed:
    for name in ("id", "staff_id", "datetime"):
        if raw.get(name) in (None, ""):
            raise invalid(f"appointments.{name}", "Значение не должно быть пустым.")
    services = _services(call, raw)
    starts_at = call.moment(raw["datetime"], "appointments.datetime")
    staff_id = whole(raw["staff_id"], "appointments.staff_id")
    candidates = _candidates(call, staff_id, services)
    for staff in candidates:
        length = schedule.length_of(call.company, staff, services)
        if schedule.is_free(call.company, staff, starts_at, length, call.now):
            return Placed(raw["id"], staff, services, starts_at, length)
    if staff_id == 0:
        raise ApiError(422, "Нет сотрудников, доступных для записи", code=NO_STAFF)
    raise ApiError(422, _busy(call, candidates[0], starts_at), code=BUSY, appointment=raw["id"])


def _services(call: Call, raw: Mapping[str, Any]) -> list[int]:
    given = raw.get("services") or []
    if not isinstance(given, list):
        raise invalid("appointments.services", "Значение должно быть массивом.")
    wanted = [whole(i, "appointments.services") for i in given]
    for service_id in wanted:
        service = call.company.services.get(service_id)
        if service is None or not service.active:
            raise ApiError(422, "Выбранная услуга больше не оказывается", code=NO_SERVICE)
    return wanted


def _candidates(call: Call, staff_id: int, services: list[int]) -> list[Staff]:
    working = [m for m in call.company.staff.values() if not (m.fired or m.hidden)]
    if staff_id == 0:
        return [m for m in working if schedule.does(m, services)]
    chosen = [m for m in working if m.staff_id == staff_id]
    if not chosen:
        raise ApiError(422, "Нет сотрудников, доступных для записи", code=NO_STAFF)
    if not schedule.does(chosen[0], services):
        raise ApiError(422, "Сотрудник не оказывает выбранную услугу", code=NO_SERVICE)
    return chosen


def _busy(call: Call, staff: Staff, at: datetime) -> str:
    local = call.company.local(at)
    day = f"{local.day} {MONTHS_RU[local.month - 1]} {local.year}"
    return (
        f"К сотруднику {staff.name}({staff.staff_id}) нельзя записаться на {day} в {local:%H:%M}. "
        "Выбранное время уже занято или является нерабочим."
    )
