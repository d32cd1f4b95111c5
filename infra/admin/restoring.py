"""What a table holds after a restore: the data as it was, and what has happened to people since. Pure; items are DynamoDB's.

A restore can undo what we wrote down. It can not undo that somebody was written to, booked, or said stop: so such facts stay as
they are now, and only the data goes back. Where the present is lost as well, nobody is written to until whatever may have been
sent in the lost time is as old as the rule's retry interval.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

Raw = Mapping[str, Any]
Key = tuple[str, str]
Items = Mapping[Key, Raw]

DATA = frozenset(
    {"company", "service", "staff", "rule", "model", "cursor", "client", "address", "visit", "due"}
    | {"gaps", "card"}
)
"""Goes back. A cursor takes its CRM sync back with it, which then reads anew what came since."""
FACTS = frozenset(
    {"consent", "conversation", "outbox", "provider", "event", "journey", "trial", "booking", "day"}
    | {"arm", "funnel", "usage", "proposal", "sending_day", "account", "account_fact", "health_day"}
    | {"incident", "audited", "heard", "person"}
)
"""Stays as it is now; what was there then and is gone comes back."""
PRESENT = frozenset({"active", "rate"})
"""Stays as it is now, also where that is nothing: a client held then by a journey that has ended would be held for ever."""
POINTERS = frozenset({"address", "card", "provider"})
OURS = "comeback"
"""Source of the visits that we booked: agreed with a client, and nowhere else in the built-in book."""
RETRY_DAYS = 14
"""The rules' default."""


def key(item: Raw) -> Key:
    return item["PK"]["S"], item["SK"]["S"]


def kind(item: Raw) -> str:
    return _text(item, "kind")


def company_of(item: Raw) -> str:
    """Empty for what is no company's."""
    pk, sk = key(item)
    owned = sk if pk == "COMPANIES" else pk
    return owned.removeprefix("CO#").split("#")[0] if owned.startswith("CO#") else ""


def without(items: Items, erased: Collection[tuple[str, str]]) -> Items:
    """Without the items of erased clients (company id, client id) and what points at them: nobody could read them, and some
    would be tried again and again. Booked time stays, as erasing leaves it."""
    gone = {f"CO#{company_id}#CL#{client_id}" for company_id, client_id in erased}
    return {k: item for k, item in items.items() if _partition(item) not in gone}


# ── the present is there ─────────────────────────────────────────────────────────────────────────


def merged(then: Items, now: Items) -> dict[Key, Raw]:
    """Everything that the table shall hold. Merging again changes nothing: a restore that broke off is run again."""
    newcomers = _newcomers(then, now)
    result = {k: item for k, item in then.items() if kind(item) not in PRESENT}
    for k, item in now.items():
        if kind(item) not in DATA or _partition(item) in newcomers or _booked_by_us(item):
            result[k] = item
    written = _written_since(then, now)
    for k, item in result.items():
        if kind(item) == "due" and k[0] in written and k in now:
            result[k] = later(item, date.fromisoformat(_text(now[k], "next_on")))
    return result


def _newcomers(then: Items, now: Items) -> set[str]:
    """Partitions of clients unknown then who have talked with us since."""
    talked = {k[0] for k, item in now.items() if kind(item) == "conversation"}
    return talked - {k[0] for k in then}


def _partition(item: Raw) -> str:
    """The client's that an item belongs to, pointers at clients included."""
    if kind(item) in POINTERS:
        return f"CO#{company_of(item)}#CL#{_text(item, 'client_id')}"
    return key(item)[0]


def _booked_by_us(item: Raw) -> bool:
    return kind(item) == "visit" and _text(item, "source") == OURS


def _written_since(then: Items, now: Items) -> set[str]:
    """Partitions of clients whose journeys have moved since: their rests stand."""
    return {k[0] for k, i in now.items() if kind(i) == "journey" and i != then.get(k)}


# ── the present is lost ──────────────────────────────────────────────────────────────────────────


def quiet(then: Items, today: Callable[[str], date], now: datetime) -> dict[Key, Raw]:
    """Journeys under way are closed (nobody knows how they went on), and all who are due rest. `today`: a company's."""
    return {
        k: made
        for k, item in then.items()
        if (made := _quieted(item, then, today, now)) is not None
    }


def _quieted(item: Raw, then: Items, today: Callable[[str], date], now: datetime) -> Raw | None:
    match kind(item):
        case "active":
            return None
        case "due":
            company_id = company_of(item)
            rule = then.get((f"CO#{company_id}", f"CAT#RULE#{_text(item, 'service_id')}"), {})
            retry = int(rule.get("retry_interval_days", {}).get("N", RETRY_DAYS))
            return later(item, today(company_id) + timedelta(days=retry + 1))
        case "journey" if _text(item, "state") != "finished":
            return _closed(item, now)
    return item


def _closed(journey: Raw, now: datetime) -> Raw:
    left = {name: v for name, v in journey.items() if name not in ("GSI1PK", "GSI1SK")}
    at = now.strftime("%Y-%m-%dT%H:%M:%S.%f%z")
    return {
        **left,
        "state": {"S": "finished"},
        "completion": {"S": "cancelled"},
        "finished_at": {"S": at},
        "version": {"N": str(int(journey["version"]["N"]) + 1)},
    }


def later(due: Raw, on: date) -> Raw:
    """Not before that day; never earlier than it was."""
    next_on = max(date.fromisoformat(_text(due, "next_on")), on).isoformat()
    return {**due, "next_on": {"S": next_on}, "GSI1SK": {"S": next_on}}


def _text(item: Raw, name: str) -> str:
    return str(item.get(name, {}).get("S", ""))


# ── telling ──────────────────────────────────────────────────────────────────────────────────────


def changes(present: Items, wanted: Items) -> tuple[list[Raw], list[Key]]:
    """(what is to be written, what is to be deleted) to get from one to the other."""
    puts = [item for k, item in wanted.items() if present.get(k) != item]
    return puts, [k for k in present if k not in wanted]


def counted(then: Items, present: Items, wanted: Items) -> Iterator[tuple[str, int, int, int, int]]:
    """By kind: (kind, then, now, written, removed)."""
    puts, gone = changes(present, wanted)
    names = sorted({kind(i) for i in (*then.values(), *present.values())})
    for name in names:
        yield (
            name,
            sum(kind(i) == name for i in then.values()),
            sum(kind(i) == name for i in present.values()),
            sum(kind(i) == name for i in puts),
            sum(kind(present[k]) == name for k in gone),
        )
