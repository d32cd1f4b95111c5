"""Clients: search, the older list, one client, the history of visits. Blueprint, group «Клиенты»."""

from collections.abc import Mapping
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from starlette.routing import BaseRoute

from world.yclients import views
from world.yclients.client_filters import FILTERS, Test
from world.yclients.errors import ApiError, invalid, not_found
from world.yclients.gate import Answer, Call, endpoint, whole
from world.yclients.model import CAME, Client, Record, digits_of

if TYPE_CHECKING:
    from world.context import World

SEARCH_PAGE, SEARCH_LIMIT = 25, 200
VISITS_PAGE = 25
WRITABLE = ("email", "discount", "importance_id", "sex_id", "birth_date", "comment", "sms_not")


def routes(world: "World") -> list[BaseRoute]:
    history = "/company/{company:int}/clients/visits/search"
    one = "/client/{company:int}/{client:int}"
    return [
        endpoint(world, "POST", "/company/{company:int}/clients/search", "clients_search", search),
        endpoint(world, "POST", history, "visits_search", visits),
        endpoint(world, "GET", "/clients/{company:int}", "clients", listed),
        endpoint(world, "POST", "/clients/{company:int}", "create_client", create),
        endpoint(world, "GET", one, "client", read),
        endpoint(world, "PUT", one, "update_client", update),
        endpoint(world, "DELETE", one, "delete_client", delete),
    ]


def search(call: Call) -> Answer:
    """Only the fields asked for come back; by default ids alone."""
    fields = call.fields.get("fields") or ["id"]
    order = str(call.fields.get("order_by") or "id")
    for name in (*fields, order):
        if name not in views.SEARCHABLE:
            raise ApiError(400, "Недопустимое значение поля", errors={"fields": [str(name)]})
    matches = _match(call)
    found = [c for c in _live(call) if matches(c)]
    rows = [views.found_client(call.company, c) for c in found]
    down = str(call.fields.get("order_by_direction", "ASC")).upper() == "DESC"
    rows.sort(key=lambda row: (row[order], row["id"]), reverse=down)
    page = call.number("page", 1, 1)
    size = call.number("page_size", SEARCH_PAGE, 1, SEARCH_LIMIT)
    shown = rows[(page - 1) * size : page * size]
    data = [{name: row[name] for name in fields} for row in shown]
    return Answer(data, {"total_count": len(rows)})


def _match(call: Call) -> Test:
    tests = [_test(call, raw) for raw in call.fields.get("filters") or ()]
    if not tests:
        return lambda _client: True
    if str(call.fields.get("operation", "AND")).upper() == "OR":
        return lambda client: any(test(client) for test in tests)
    return lambda client: all(test(client) for test in tests)


def _test(call: Call, raw: Any) -> Test:
    wrong = ApiError(
        400,
        "Недопустимое значение фильтра",
        errors={"filters": ["Недопустимое значение состояния фильтра"]},
    )
    if not isinstance(raw, Mapping) or raw.get("type") not in FILTERS:
        raise wrong
    state = raw.get("state")
    if not isinstance(state, Mapping):
        raise wrong
    try:
        test = FILTERS[raw["type"]](call.company, state)
    except (KeyError, TypeError, ValueError):
        raise wrong from None
    return (lambda client: not test(client)) if state.get("invert") else test


def listed(call: Call) -> Answer:
    """The older list, still answered."""
    query = call.query
    wanted = call.ids("id")
    name, phone = query.get("fullname", "").lower(), digits_of(query.get("phone", ""))
    since = call.moment(query["changed_after"]) if query.get("changed_after") else None
    found = [
        c
        for c in _live(call)
        if (not wanted or c.client_id in wanted)
        and name in c.name.lower()
        and phone in digits_of(c.phone)
        and (since is None or (c.changed_at is not None and c.changed_at >= since))
    ]
    page, count = call.number("page", 1, 1), call.number("count", 20, 1, 300)
    shown = found[(page - 1) * count : page * count]
    data = [views.client(call.company, c) for c in shown]
    return Answer(data, {"page": page, "total_count": len(found)})


def create(call: Call) -> Answer:
    name, phone = _name_and_phone(call)
    if call.company.by_phone(phone) is not None:
        raise ApiError(422, "Клиент с указанным телефоном уже существует в базе")
    more = {k: call.fields[k] for k in WRITABLE if k in call.fields}
    client = call.world.yclients.add_client(call.company, name, phone, **more)
    return Answer(views.client(call.company, client), status=201)


def read(call: Call) -> Answer:
    return Answer(views.client(call.company, _client(call)))


def update(call: Call) -> Answer:
    client = _client(call)
    client.name, client.phone = _name_and_phone(call)
    for field in WRITABLE:
        if field in call.fields:
            setattr(client, field, call.fields[field])
    call.world.yclients.touch_client(call.company, client, "update")
    return Answer(views.client(call.company, client))


def delete(call: Call) -> Answer:
    client = _client(call)
    client.deleted = True
    call.world.yclients.touch_client(call.company, client, "delete")
    return Answer(None, status=204)


def visits(call: Call) -> Answer:
    """Newest first, 25 a page and all of the last one's day; the next page is asked for by the dates in `meta`."""
    client = _whose(call)
    low, high = _edge(call, "from", "0001-01-01"), _edge(call, "to", "9999-12-31")
    wanted = call.fields.get("attendance")
    found = [
        r
        for r in reversed(call.company.records.of_client(client.client_id))
        if low <= _day(call, r) <= high and wanted in (None, r.attendance)
    ]
    shown = found[:VISITS_PAGE]
    if shown:
        last = _day(call, shown[-1])
        shown += takewhile(lambda r: _day(call, r) == last, found[VISITS_PAGE:])
    rest = found[len(shown) :]
    following = {"from": _day(call, rest[-1]), "to": _day(call, rest[0])} if rest else None
    data = {"goods_transactions": [], "records": [_visit(call, r) for r in shown]}
    return Answer(
        data, {"dateCursor": {"next": following}, **(following or {"from": None, "to": None})}
    )


def _visit(call: Call, record: Record) -> dict[str, Any]:
    paid = "paid_full" if record.attendance == CAME else "not_paid"
    return {**views.record(call.company, record), "payment_status": paid}


def _whose(call: Call) -> Client:
    if call.fields.get("client_id"):
        found = call.company.clients.get(whole(call.fields["client_id"], "client_id"))
    else:
        found = call.company.by_phone(str(call.fields.get("client_phone") or ""))
    if found is None or found.deleted:
        raise not_found("Клиент не найден")
    return found


def _edge(call: Call, name: str, default: str) -> str:
    return str(call.fields.get(name) or default)[:10]


def _day(call: Call, record: Record) -> str:
    return call.company.local(record.starts_at).date().isoformat()


def _live(call: Call) -> list[Client]:
    return [c for c in call.company.clients.values() if not c.deleted]


def _client(call: Call) -> Client:
    found = call.company.clients.get(call.path["client"])
    if found is None or found.deleted:
        raise not_found("Клиент не найден")
    return found


def _name_and_phone(call: Call) -> tuple[str, str]:
    name, digits = (
        str(call.fields.get("name") or ""),
        digits_of(str(call.fields.get("phone") or "")),
    )
    if not name:
        raise invalid("name", "Не указано имя клиента")
    if not digits:
        raise invalid("phone", "Номер телефона клиента не может быть пустым")
    if len(digits) not in range(9, 16):
        raise invalid("phone", "Телефон должен содержать от 9 до 15 цифр")
    return name, f"+{digits}"
