"""Two companies with data of every kind under the same ids, and what they are told when asked for it by one another.

Rows are taken from and given back to moto itself: through its HTTP they would take minutes.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, get_args

from comeback.changes import Change
from comeback.companies.model import Company
from comeback.errors import ComebackError
from comeback.ports import Calendar, Leases, Limits, Store
from comeback.storage import keys
from comeback.storage.calendar import DynamoCalendar
from comeback.storage.keys import Key
from comeback.storage.leases import DynamoLeases
from comeback.storage.limits import DynamoLimits
from comeback.storage.store import DynamoStore
from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID

from tests.tenants.made import arguments, made

A, B = "salon", "salon2"
"""One's id begins with the other's; each plays both parts."""
PORTS: Mapping[type[Any], type[Any]] = {
    Store: DynamoStore,
    Leases: DynamoLeases,
    Calendar: DynamoCalendar,
    Limits: DynamoLimits,
}
OF_NO_COMPANY = {"companies", "take", "note"}
"""Ticks list all companies; an outside API's rate is shared by all."""
ENDS = {"erase", "cancel", "release"}
"""Left out when the data is made: they take away again."""
CHANGES: Mapping[str, type[Any]] = {kind.__name__: kind for kind in get_args(Change)}
Rows = Mapping[tuple[str, Key], Any]
"""By table and key; moto's items."""


@dataclass(frozen=True)
class World:
    store: DynamoStore

    def port(self, port: type[Any]) -> Any:
        return self.store if port is Store else PORTS[port](self.store)

    @property
    def booking_id(self) -> str:
        """Made of the booking's key, so the same for both."""
        booked = arguments(Calendar.book, A)
        return DynamoCalendar(self.store).book(**booked).booking_id

    def fill(self, company_id: str) -> None:
        """By every writing method, called with what it asks for."""
        self.store.save_company(made(Company, "company", company_id))
        for name, kind in CHANGES.items():
            if not name.startswith(("Remove", "Release")):
                ended(self.store.commit, {"changes": [made(kind, "", company_id)]})
        self.serve(company_id)

    def serve(self, company_id: str) -> None:
        """Asks for everything once, so that a process remembers what it ever remembers."""
        for port, name, method in methods():
            if name not in ENDS and name != "commit":
                ended(getattr(self.port(port), name), arguments(method, company_id))


def rows() -> Rows:
    """Of every table that there is. Writing goes on in them, until the tables `become` something else."""
    return {
        (table.name, Key(item.attrs["PK"].value, item.attrs["SK"].value)): item
        for table in _tables()
        for item in table.all_items()
    }


def become(wanted: Rows) -> None:
    for table in _tables():
        table.items.clear()
        for (name, _), item in wanted.items():
            if name == table.name:
                table.items[item.hash_key][item.range_key] = deepcopy(item)


def _tables() -> Iterable[Any]:
    return list(get_backend("dynamodb")[DEFAULT_ACCOUNT_ID]["us-east-1"].tables.values())


def of(company_id: str, found: Rows) -> Rows:
    return {at: row for at, row in found.items() if keys.tenant(at[1]) == company_id}


def methods() -> Iterator[tuple[type[Any], str, Callable[..., Any]]]:
    """What can be asked of a port in a company's name; what takes away comes last."""
    found = [
        (port, name, method)
        for port in PORTS
        for name, method in inspect.getmembers(port, inspect.isfunction)
        if not name.startswith("_") and name not in OF_NO_COMPANY
    ]
    yield from sorted(found, key=lambda each: each[1] in ENDS)


def ended(call: Callable[..., Any], given: Mapping[str, Any]) -> str:
    """What the caller sees: the answer, read to its end, or the error with its words."""
    try:
        answer = call(**given)
        return repr(list(answer) if isinstance(answer, Iterator) else answer)
    except ComebackError as error:
        return f"{type(error).__name__}: {error}"
