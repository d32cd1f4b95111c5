"""The store of a process that serves the same companies and clients again and again, and does not ask twice.

Remembered: a company and its catalogue, for `SECONDS` (a pause that the owner orders is obeyed after it at the latest), and whose
an address is, for as long as that client's file names the address: it is read anyway, so a memory can not be wrong.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from comeback.bookings.model import Service, Staff
from comeback.changes import (
    Change,
    SaveCompany,
    SaveRule,
    SaveService,
    SaveStaff,
    SetOwner,
)
from comeback.companies.model import Company
from comeback.conversations.model import Address
from comeback.errors import NotFound
from comeback.ports import Catalogue, ClientFile
from comeback.storage.store import DynamoStore

SECONDS = 10.0
COMPANIES, ADDRESSES = 200, 5_000
"""How many a process remembers at most; the oldest are forgotten first."""

Key = TypeVar("Key")
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    def __init__(self, most: int, seconds: float, monotonic: Callable[[], float]) -> None:
        self._most, self._seconds, self._monotonic = most, seconds, monotonic
        self._kept: OrderedDict[Key, tuple[float, Value]] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        at, value = self._kept.get(key, (0.0, None))
        return value if value is not None and self._monotonic() - at < self._seconds else None

    def keep(self, key: Key, value: Value) -> Value:
        self._kept[key] = (self._monotonic(), value)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return value

    def forget(self, key: Key) -> None:
        self._kept.pop(key, None)


class RememberingStore(DynamoStore):
    def __init__(
        self,
        *of_the_store: Any,
        seconds: float = SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(*of_the_store)
        self._companies = Memory[str, Company](COMPANIES, seconds, monotonic)
        self._catalogues = Memory[str, Catalogue](COMPANIES, seconds, monotonic)
        self._whose = Memory[tuple[str, Address], str](ADDRESSES, float("inf"), monotonic)

    def company(self, company_id: str) -> Company:
        known = self._companies.get(company_id)
        return known or self._companies.keep(company_id, super().company(company_id))

    def catalogue(self, company_id: str) -> Catalogue:
        known = self._catalogues.get(company_id)
        return known or self._catalogues.keep(company_id, super().catalogue(company_id))

    def client_by_address(self, company_id: str, address: Address) -> ClientFile | None:
        known = self._whose.get((company_id, address))
        file = self._still_theirs(company_id, known, address) if known else None
        file = file or super().client_by_address(company_id, address)
        if file is None:
            self._whose.forget((company_id, address))
        else:
            self._whose.keep((company_id, address), file.client.client_id)
        return file

    def _still_theirs(self, company_id: str, client_id: str, address: Address) -> ClientFile | None:
        try:
            file = self.client(company_id, client_id)
        except NotFound:
            return None
        return file if address in file.client.addresses else None

    def forget(self, company_id: str) -> None:
        """The next reading of the company and of its catalogue asks the table."""
        self._companies.forget(company_id)
        self._catalogues.forget(company_id)

    # ── what this process changes itself ─────────────────────────────────────────────────────────

    def commit(self, changes: Sequence[Change]) -> None:
        """What was refused was decided on an old memory: it is forgotten, too."""
        try:
            super().commit(changes)
        finally:
            for change in changes:
                if isinstance(change, SetOwner):
                    self._companies.forget(change.company_id)
                elif isinstance(change, SaveCompany):
                    self._companies.forget(change.company.company_id)
                elif isinstance(change, (SaveRule, SaveService, SaveStaff)):
                    self._catalogues.forget(change.company_id)

    def save_company(self, company: Company) -> None:
        super().save_company(company)
        self._companies.forget(company.company_id)

    def save_catalogue(
        self, company_id: str, services: Iterable[Service], staff: Iterable[Staff]
    ) -> None:
        super().save_catalogue(company_id, services, staff)
        self._catalogues.forget(company_id)
