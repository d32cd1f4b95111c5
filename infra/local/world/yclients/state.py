"""What YCLIENTS remembers, and what happens in a salon without the API: walk-ins, closed hours, visits that pass."""

import hashlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any

from world.rates import Rates
from world.yclients import hooks, schedule, seeds
from world.yclients.company import Company
from world.yclients.errors import Shape
from world.yclients.model import ABSENT, CAME, WAITING, Client, Record, Sold

if TYPE_CHECKING:
    from world.context import World


@dataclass
class Tuning:
    """`per_second` and `per_minute`: requests of one IP address (blueprint: 5 and 200)."""

    per_second: int = 5
    per_minute: int = 200
    limits: bool = True
    no_show_share: float = 0.04
    attendance: bool = True
    """Whether visits are marked as come or missed when they end."""
    webhook_retry: bool = True
    error_shape: Shape = "meta"


class YclientsState:
    """Methods may be called from any thread. All raise LookupError for an unknown company, client, staff or service."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.tuning = Tuning()
        self.companies: dict[int, Company] = {}
        self.rates = Rates()
        self._record_ids = itertools.count(2_820_001)
        self._client_ids = itertools.count(18_900_001)

    def company(self, company_id: int) -> Company:
        if company_id not in self.companies:
            raise LookupError(f"YCLIENTS has no company {company_id}")
        return self.companies[company_id]

    def seed_company(self, seed: Mapping[str, Any]) -> Company:
        """Adds or replaces a salon (form: `seeds.company`). Raises ValueError that names the field. Tells no webhooks."""
        company = seeds.company(seed, self.world.clock.now())
        self.companies[company.company_id] = company
        highest = max((r.record_id for r in company.records), default=0)
        self._record_ids = itertools.count(max(next(self._record_ids), highest + 1))
        highest = max(company.clients, default=0)
        self._client_ids = itertools.count(max(next(self._client_ids), highest + 1))
        for record in company.records:
            self._await_visit(company, record)
        return company

    # ── what happens in the salon ────────────────────────────────────────────────────────────────

    def walk_in(
        self,
        company: int,
        client: int,
        service: int,
        staff: int,
        when: datetime,
        *,
        flexible: bool = False,
    ) -> Record | None:
        """The client books past us, at the desk or by phone. None when the time is taken or not worked.

        `flexible`: takes the nearest free time after `when` within three days instead.
        """
        salon = self.company(company)
        master = _of(salon.staff, staff, "staff")
        _of(salon.clients, client, "client")
        _of(salon.services, service, "service")
        length, now = schedule.length_of(salon, master, [service]), self.world.clock.now()
        at: datetime | None = when
        if not schedule.is_free(salon, master, when, length, now):
            at = schedule.next_free(salon, master, when, length, now) if flexible else None
        if at is None:
            return None
        return self.add_record(salon, staff, client, self.sold(salon, [service]), at, length)

    def book_busy(
        self, company: int, staff: int, when: datetime, length: int = 3600, comment: str = ""
    ) -> Record:
        """Takes `length` seconds of a member of staff away, whatever was there."""
        salon = self.company(company)
        _of(salon.staff, staff, "staff")
        return self.add_record(salon, staff, None, [], when, length, comment=comment)

    # ── changes, each told by webhook ────────────────────────────────────────────────────────────

    def add_record(
        self,
        company: Company,
        staff: int,
        client: int | None,
        services: Sequence[Sold],
        when: datetime,
        length: int,
        **more: Any,
    ) -> Record:
        now = self.world.clock.now()
        record_id = next(self._record_ids)
        made_of = f"{self.world.seed}:{company.company_id}:{record_id}"
        record = Record(
            record_id,
            staff,
            client,
            list(services),
            when,
            length,
            created_at=now,
            changed_at=now,
            record_hash=hashlib.md5(made_of.encode(), usedforsecurity=False).hexdigest(),
            **more,
        )
        company.records.put(record)
        self._await_visit(company, record)
        hooks.tell_record(self.world, company, record, "create")
        return record

    def change_record(
        self, company: Company, record: Record, change: Callable[[Record], None]
    ) -> None:
        company.records.lift(record)
        change(record)
        company.records.put(record)
        record.changed_at = self.world.clock.now()
        self._await_visit(company, record)
        hooks.tell_record(self.world, company, record, "update")

    def delete_record(self, company: Company, record: Record) -> None:
        record.deleted = True
        record.changed_at = self.world.clock.now()
        hooks.tell_record(self.world, company, record, "delete")

    def add_client(self, company: Company, name: str, phone: str, **more: Any) -> Client:
        client = Client(next(self._client_ids), name, phone, **more)
        client.changed_at = self.world.clock.now()
        company.clients[client.client_id] = client
        hooks.tell_client(self.world, company, client, "create")
        return client

    def touch_client(self, company: Company, client: Client, status: str) -> None:
        client.changed_at = self.world.clock.now()
        hooks.tell_client(self.world, company, client, status)

    def sold(self, company: Company, service_ids: Sequence[int]) -> list[Sold]:
        prices = [(i, company.services[i].price_min) for i in service_ids]
        return [Sold(i, price, price) for i, price in prices]

    # ── time passes ──────────────────────────────────────────────────────────────────────────────

    def _await_visit(self, company: Company, record: Record) -> None:
        """Marks a record that still waits when its time is over; one moved meanwhile waits anew."""
        due = record.ends_at
        if record.client_id is None or record.attendance in (ABSENT, CAME):
            return

        def over() -> None:
            waits = record.attendance not in (ABSENT, CAME) and not record.deleted
            if self.tuning.attendance and waits and record.ends_at == due:
                chance = Random(f"{self.world.seed}:visit:{record.record_id}").random()
                missed = record.attendance == WAITING and chance < self.tuning.no_show_share
                self._mark(company, record, ABSENT if missed else CAME)

        self.world.clock.at(due, over)

    def _mark(self, company: Company, record: Record, attendance: int) -> None:
        record.attendance = attendance
        record.changed_at = self.world.clock.now()
        hooks.tell_record(self.world, company, record, "update")


def _of(entries: Mapping[int, Any], key: int, what: str) -> Any:
    if key not in entries:
        raise LookupError(f"there is no {what} {key}")
    return entries[key]
