"""Reads a salon from JSON: the control API's body, and what `population` makes."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from world.yclients import hooks
from world.yclients.company import Company
from world.yclients.model import CAME, WAITING, Client, Record, Service, Sold, Staff, User

Json = Mapping[str, Any]
Entity = TypeVar("Entity")


def company(seed: Json, now: datetime) -> Company:
    """{"id", "title", "timezone", "partner_token", "user_token", "login"?, "password"?, "webhook_urls"?: [],
    "services": [{"id", "title", "length" (seconds), "price_min", "price_max"?, "category"?, "active"?}],
    "staff": [{"id", "name", "specialization"?, "services": [id | {"id", "length"}], "step"?,
               "schedule": {"0": ["10:00", "20:00"], …} | {"on", "off", "since", "hours"}, "days_off"?: [date]}],
    "clients": [{"id", "name", "phone", "email"?, "blacklisted"?, …}],
    "records": [{"id", "staff_id", "client_id", "services": [id | {"id", "cost"}], "datetime" (ISO 8601, local when
                 without an offset), "length"?, "attendance"?, "api_id"?, "comment"?, "created"?}]}

    Past records without "attendance" count as attended. Raises ValueError that names the field.
    """
    found = Company(
        int(_needed(seed, "id")),
        _needed(seed, "title"),
        _zone(seed),
        _needed(seed, "partner_token"),
    )
    found.users.append(
        User(
            1,
            seed.get("login", "owner"),
            seed.get("password", "secret"),
            _needed(seed, "user_token"),
        )
    )
    found.hooks = hooks.settings(list(seed.get("webhook_urls", ())))
    for n, raw in enumerate(seed.get("services", ())):
        service = _read(f"services[{n}]", partial(_service, raw))
        found.services[service.service_id] = service
    for n, raw in enumerate(seed.get("staff", ())):
        staff = _read(f"staff[{n}]", partial(_staff, raw))
        found.staff[staff.staff_id] = staff
    for n, raw in enumerate(seed.get("clients", ())):
        client = _read(f"clients[{n}]", partial(_client, raw, now))
        found.clients[client.client_id] = client
    for n, raw in enumerate(seed.get("records", ())):
        found.records.put(_read(f"records[{n}]", partial(_record, found, raw, now)))
    return found


def _read(where: str, read: Callable[[], Entity]) -> Entity:
    try:
        return read()
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{where}: {error}") from None


def _needed(seed: Json, name: str) -> Any:
    if not seed.get(name):
        raise ValueError(f"{name}: is missing")
    return seed[name]


def _zone(seed: Json) -> ZoneInfo:
    try:
        return ZoneInfo(seed.get("timezone", "Europe/Moscow"))
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("timezone: must be a name like Europe/Moscow") from None


def _service(raw: Json) -> Service:
    low = int(raw.get("price_min", raw.get("price", 0)))
    return Service(
        int(raw["id"]),
        raw["title"],
        int(raw.get("length", 3600)),
        low,
        int(raw.get("price_max", low)),
        int(raw.get("category_id", 0)),
        raw.get("category", ""),
        bool(raw.get("active", True)),
    )


def _staff(raw: Json) -> Staff:
    pairs = [s if isinstance(s, Mapping) else {"id": s} for s in raw.get("services", ())]
    plan = raw.get("schedule", {})
    rota = None
    if "on" in plan:
        since = date.fromisoformat(plan["since"])
        rota = (int(plan["on"]), int(plan["off"]), since, _hours(plan["hours"]))
    return Staff(
        int(raw["id"]),
        raw["name"],
        raw.get("specialization", ""),
        {int(p["id"]): p.get("length") for p in pairs},
        {} if rota else {int(day): _hours(hours) for day, hours in plan.items()},
        rota,
        frozenset(date.fromisoformat(day) for day in raw.get("days_off", ())),
        int(raw.get("step", 1800)),
        bool(raw.get("fired", False)),
    )


def _hours(pair: Any) -> tuple[time, time]:
    start, end = (time.fromisoformat(text) for text in pair)
    return start, end


def _client(raw: Json, now: datetime) -> Client:
    return Client(
        int(raw["id"]),
        raw["name"],
        raw.get("phone", ""),
        raw.get("email", ""),
        sex_id=int(raw.get("sex_id", 0)),
        importance_id=int(raw.get("importance_id", 0)),
        comment=raw.get("comment", ""),
        sms_not=int(raw.get("sms_not", 0)),
        blacklisted=bool(raw.get("blacklisted", False)),
        changed_at=_moment(raw["changed"], ZoneInfo("UTC")) if "changed" in raw else now,
    )


def _record(owner: Company, raw: Json, now: datetime) -> Record:
    starts_at = _moment(raw["datetime"], owner.zone)
    services = [_sold(owner, s) for s in raw.get("services", ())]
    staff = owner.staff[int(raw["staff_id"])]
    lengths = [
        staff.lengths.get(s.service_id) or owner.services[s.service_id].length for s in services
    ]
    length = int(raw.get("length") or sum(lengths) or 3600)
    client = raw.get("client_id")
    if client is not None and int(client) not in owner.clients:
        raise ValueError(f"client_id: no client {client}")
    created = _moment(raw["created"], owner.zone) if "created" in raw else min(starts_at, now)
    record_id = int(raw["id"])
    made_of = f"{owner.company_id}:{record_id}".encode()
    record = Record(
        record_id,
        staff.staff_id,
        int(client) if client is not None else None,
        services,
        starts_at,
        length,
        created_at=created,
        changed_at=created,
        record_hash=hashlib.md5(made_of, usedforsecurity=False).hexdigest(),
        comment=raw.get("comment", ""),
        api_id=str(raw.get("api_id", "")),
        online=bool(raw.get("online", False)),
    )
    past = record.ends_at <= now
    record.attendance = int(raw.get("attendance", CAME if past else WAITING))
    record.changed_at = max(created, min(record.ends_at, now))
    return record


def _sold(owner: Company, raw: Any) -> Sold:
    entry = raw if isinstance(raw, Mapping) else {"id": raw}
    service = owner.services[int(entry["id"])]
    first = int(entry.get("first_cost") or entry.get("cost") or service.price_min)
    return Sold(
        service.service_id, int(entry.get("cost") or first), first, int(entry.get("discount", 0))
    )


def _moment(text: str, zone: ZoneInfo) -> datetime:
    when = datetime.fromisoformat(text)
    return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)
