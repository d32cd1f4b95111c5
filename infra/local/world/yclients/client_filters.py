"""Filters of POST clients/search (a part of the documented ones). Beware: `record.status` counts from 1."""

from collections.abc import Callable, Mapping
from typing import Any

from world.yclients import views
from world.yclients.company import Company
from world.yclients.model import Client, Record, digits_of

Test = Callable[[Client], bool]
State = Mapping[str, Any]
STATUS_OF_ATTENDANCE = {-1: 1, 0: 2, 1: 3, 2: 4}


def _ids(_company: Company, state: State) -> Test:
    wanted = {int(i) for i in state["value"]}
    return lambda client: client.client_id in wanted


def _quick(_company: Company, state: State) -> Test:
    """Part of a name, or digits of a phone."""
    text = str(state["value"]).strip().lower()
    digits = digits_of(text)
    return lambda client: (
        text in client.name.lower() or (len(digits) > 3 and digits in digits_of(client.phone))
    )


def _sold(company: Company, state: State) -> Test:
    low, high = float(state.get("from") or 0), float(state.get("to") or "inf")
    return lambda client: low <= views.found_client(company, client)["sold_amount"] <= high


def _gender(_company: Company, state: State) -> Test:
    wanted = {int(v) for v in state["value"]}
    return lambda client: client.sex_id in wanted


def _importance(_company: Company, state: State) -> Test:
    wanted = {int(v) for v in state["value"]}
    return lambda client: client.importance_id in wanted


def _record(company: Company, state: State) -> Test:
    """Clients with as many records as `records_count` says (at least one) that fit all of the rest."""
    staff, service, status = (_set(state, name) for name in ("staff", "service", "status"))
    created, count = state.get("created") or {}, state.get("records_count") or {}
    low, high = created.get("from") or "", created.get("to") or "9999"

    def fits(record: Record) -> bool:
        on = company.local(record.created_at).date().isoformat()
        return (
            (staff is None or record.staff_id in staff)
            and (service is None or any(s.service_id in service for s in record.services))
            and (status is None or STATUS_OF_ATTENDANCE[record.attendance] in status)
            and low <= on <= high
        )

    def test(client: Client) -> bool:
        found = sum(fits(r) for r in company.records.of_client(client.client_id))
        return int(count.get("from") or 1) <= found <= float(count.get("to") or "inf")

    return test


def _set(state: State, name: str) -> set[int] | None:
    return {int(v) for v in state[name]["value"]} if state.get(name) else None


FILTERS: Mapping[str, Callable[[Company, State], Test]] = {
    "id": _ids,
    "quick_search": _quick,
    "sold_amount": _sold,
    "gender": _gender,
    "importance": _importance,
    "record": _record,
}
