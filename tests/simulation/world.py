"""The whole core in virtual time: the functions' own handlers, the real state machines, the real queue adapters, and round them
a salon, its clients and a cloud in which things go wrong.

Nothing of the product is wired here: `runtime.wiring` composes it, with fakes where its adapters stand.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any
from unittest.mock import patch

from comeback.bookings.calendar import free_slots
from comeback.bookings.model import Booking, BookingRequest, Slot
from comeback.changes import SaveRule
from comeback.clients.identity import client_id
from comeback.clients.model import FULL
from comeback.clients.sync import Job
from comeback.companies.model import CrmKind, EmptyChairs
from comeback.conversations.model import OWNER, Address, ChannelKind, OutboxMessage
from comeback.errors import SlotTaken
from comeback.ports import ImportedClient
from comeback.reactivation.due import DueDates
from comeback.runtime import wiring
from comeback.runtime.logs import logger
from comeback.runtime.meter import METER

from tests.fakes.book import Book
from tests.fakes.clock import FixedClock
from tests.fakes.paced_limits import PacedLimits
from tests.fakes.watched import Watched
from tests.simulation.agenda import Agenda
from tests.simulation.books import Crms, Yclients
from tests.simulation.cloud import CAMPAIGN, EVENTS, INBOUND, OUTBOUND, Cloud, Invocation
from tests.simulation.faults import Striking, Weather
from tests.simulation.forecasts import forecast, no_chart
from tests.simulation.messengers import Connected, Telegram, Webhooks, WhatsApp
from tests.simulation.models import Models
from tests.simulation.people import Person
from tests.simulation.salon import COMPANY, OWNER_CHAT, Salon, drawn
from tests.simulation.table import Table
from tests.simulation.trace import Trace

STORM_AFTER = 7
"""Days after the last campaign in which things still go wrong."""
QUIET_DAYS = 34
"""After the last campaign: journeys end, and the window of the last trial with its day of grace closes."""
ENVIRONMENT = {
    "STAGE": "test",
    "OUTBOUND_QUEUE_URL": OUTBOUND,
    "EVENTS_QUEUE_URL": EVENTS,
    "BUCKET": "bucket",
    "CAMPAIGN_MACHINE_ARN": CAMPAIGN,
    "POWERTOOLS_METRICS_DISABLED": "true",
}
WALK_IN = "walk-in"


class Secrets:
    def get(self, company_id: str) -> Mapping[str, str]:
        del company_id
        return {"telegram_webhook_secret": "secret"}

    fresh = get


class World:
    def __init__(self, seed: int, machine: Mapping[str, Any] | None = None) -> None:
        """`machine`: another definition of the journey than the deployed one."""
        self.seed = seed
        self.salon: Salon = drawn(seed)
        self.agenda = Agenda(self.salon.begins - timedelta(hours=1))
        self.trace = Trace(lambda: self.agenda.now)
        self.weather = Weather.drawn(seed, self.trace)
        self.rng = Random(f"{seed} world")
        self.cloud = Cloud(seed, self.agenda, self.weather, machine)
        self.striking = Striking(self.weather, self.agenda, self.cloud.seconds_left)
        self.table = Table(self.agenda, self.trace)
        self.limits = PacedLimits(self.table.accounts)
        self.book = Book()
        self.webhooks = Webhooks(COMPANY, self.cloud.queues[INBOUND], self.agenda, self.weather)
        self.telegram = Telegram(self._bring, self.agenda, self.weather)
        self.whatsapp = WhatsApp(self._bring, self.webhooks, self.agenda, self.weather)
        self.channels = Connected(
            {ChannelKind.TELEGRAM: self.telegram, ChannelKind.WHATSAPP: self.whatsapp},
            self.striking,
        )
        self.yclients = Yclients(
            self.salon.company,
            self.salon.services,
            self.salon.staff,
            self.salon.clients,
            self.cloud.queues[EVENTS],
            self.agenda,
            self.weather,
        )
        self.models = Models(self.weather, self.striking, none=seed % 3 == 0)
        self.people = [self._person(c.client_id, c.addresses) for c in self.salon.clients]
        self.people.append(self._person(OWNER, (OWNER_CHAT,)))
        self.at = {a: p for p in self.people for a in p.addresses.values()}
        self.brought: list[tuple[datetime, Invocation, OutboxMessage]] = []
        """When, by whom, what."""

    # ── what is asked of it afterwards ───────────────────────────────────────────────────────────

    def sold(self) -> list[tuple[str, Slot]]:
        """All that stands in the book, whoever wrote it."""
        if self.salon.company.crm is CrmKind.YCLIENTS:
            return [(e.record.visit.visit_id, e.slot) for e in self.yclients.standing()]
        return [(booking.booking_id, booking.slot) for booking in self.book.bookings.values()]

    def booked_by_us(self) -> list[Booking]:
        found = [
            Booking(name, entry.slot, self._client_of(entry.record.client_id), entry.key)
            for name, entry in self.yclients.entries.items()
            if entry.key
        ]
        return found + [b for b in self.book.bookings.values() if not b.key.startswith(WALK_IN)]

    def _client_of(self, crm_client_id: str) -> str:
        return client_id(self.salon.company.crm, crm_client_id)

    # ── its life ─────────────────────────────────────────────────────────────────────────────────

    def live(self) -> None:
        with self._instead_of_adapters():
            self._open()
            days = self.salon.campaign_days
            self._plan(days)
            self.agenda.run(self.salon.at(days + STORM_AFTER))
            self.weather.over = True
            self.cloud.redrive()
            self.agenda.run(self.salon.at(days + STORM_AFTER + 1))
            self.cloud.redrive()
            self.agenda.run(self.salon.at(days + QUIET_DAYS))

    def _open(self) -> None:
        salon, table = self.salon, self.table
        company = salon.company
        table.save_company(company)
        table.save_catalogue(COMPANY, salon.services, salon.staff)
        for rule in salon.rules:
            table.commit([SaveRule(COMPANY, rule)])
        dues = DueDates(table, FixedClock(self.agenda.now))
        catalogue = table.catalogue(COMPANY)
        rows = [
            ImportedClient(client, visits, consents, dues.due(company, catalogue, client, visits))
            for client, visits, consents in zip(
                salon.clients, salon.visits, salon.consents, strict=True
            )
        ]
        table.import_visits(COMPANY, rows)
        done = Job(FULL, self.agenda.now, stage="done")
        table.save_cursor(COMPANY, "crm_full", done.to_cursor())

    def _plan(self, days: int) -> None:
        company = self.salon.company
        for day in range(days):
            self._tick("Detect", day, company.campaign_hour)
            if day == 2:
                self._tick("Report", day, company.report_hour, 5)
            if company.empty_chairs is not EmptyChairs.OFF:
                for hour, minute in ((15, 0), (15, 15), (16, 30), (18, 45)):
                    self._tick("EmptyChairs", day, hour, minute)
            self.agenda.at(self.salon.at(day, 11), self.whatsapp.news)
            if company.crm is CrmKind.YCLIENTS:
                self._tick("Sync", day, 3, 10)
            for _ in range(self.rng.randint(0, 2)):
                moment = self.salon.at(day, self.rng.randint(8, 20), self.rng.randint(0, 59))
                self.agenda.at(moment, self._somebody_books)
            for _ in range(self.rng.randint(0, 2)):
                moment = self.salon.at(day, self.rng.randint(8, 20), self.rng.randint(0, 59))
                self.agenda.at(moment, self.rng.choice(self.people[:-1]).starts)
        for day in range(days + QUIET_DAYS):
            for hour in (4, 12, 20) if day < days + STORM_AFTER else (12,):
                self._tick("Expire", day, hour, 5)
        for day in (days + QUIET_DAYS - 2, days + QUIET_DAYS - 1):
            self._tick("Report", day, company.report_hour, 5)

    def _tick(self, function: str, day: int, hour: int, minute: int = 0) -> None:
        self.agenda.at(self.salon.at(day, hour, minute), lambda: self.cloud.scheduled(function))

    # ── what it runs on ──────────────────────────────────────────────────────────────────────────

    @contextmanager
    def _instead_of_adapters(self) -> Iterator[None]:
        watched = self._watched
        store = watched("store", self.table)
        outbound, events = wiring._outbound, wiring._events
        starter, ender = wiring._starter, wiring._wait_ender
        instead: dict[str, Any] = {
            "clock": lambda: self.cloud.running[-1].clock,
            "store": lambda: store,
            "secrets": Secrets,
            "client": lambda _name: self.cloud,
            "_sqs": lambda: self.cloud.sqs,
            "_outbound": lambda: watched("outbound", outbound()),
            "_events": lambda: watched("events", events()),
            "_starter": lambda: watched("orchestrator", starter()),
            "_wait_ender": lambda: watched("orchestrator", ender()),
            "_leases": lambda: watched("leases", self.book),
            "_limits": lambda: watched("limits", self.limits),
            "_crms": self._crms,
            "_models": lambda: self.models,
            "_messengers": lambda: self.channels,
        }
        with (
            patch.multiple(wiring, **instead),
            patch.dict(os.environ, ENVIRONMENT),
            patch("comeback.reactivation.forecasts.forecast", forecast),
            patch("comeback.analytics.chart.chart", no_chart),
            patch.object(METER, "_book", None),
            _quietly(),
        ):
            yield

    def _watched(self, port: str, real: object) -> Any:
        return Watched(port, real, self.striking)

    def _crms(self, clock: FixedClock, _search_seconds: float | None = None) -> Crms:
        return Crms(self.table, self.book, clock, self.yclients, self.striking)

    # ── people ───────────────────────────────────────────────────────────────────────────────────

    def _person(self, name: str, addresses: tuple[Address, ...]) -> Person:
        return Person(
            name,
            {a.channel: a for a in addresses},
            Random(f"{self.seed} {name}"),
            self.agenda,
            self.webhooks,
            self.telegram,
            self.whatsapp,
        )

    def _bring(self, address: Address, message: OutboxMessage, provider_id: str) -> None:
        self.trace.add("phone", address.value, message.outbox_id, message.purpose.value)
        self.brought.append((self.agenda.now, self.cloud.running[-1], message))
        self.at[address].receives(message, provider_id)

    def _somebody_books(self) -> None:
        """At the counter, or by phone: a stranger, or a client who needs no message any more."""
        salon, rng = self.salon, self.rng
        wanted = self._offered() if rng.random() < 0.5 else self._free()
        slot, client = rng.choice(wanted or self._free()), rng.choice(salon.clients)
        known = rng.random() < 0.4
        name = f"{WALK_IN}.{len(self.trace.kept)}"
        try:
            if salon.company.crm is CrmKind.YCLIENTS:
                crm_id = client.crm_id if known else "999"
                self.yclients.write(slot, crm_id, client.phone if known else "")
            else:
                request = BookingRequest(name, slot, name, "", "Walk-in", "", holder=name)
                self.book.book(COMPANY, request, self.agenda.now)
        except SlotTaken:
            return
        self.trace.add("books", slot.staff_id, slot.starts_at, client.client_id if known else "")

    def _offered(self) -> list[Slot]:
        """What somebody is just thinking about."""
        held, now = self.book.held.get(COMPANY, ()), self.agenda.now
        return [h.slot for h in held if h.until and h.until > now and h.slot.starts_at > now]

    def _free(self) -> list[Slot]:
        """Of one service and one member of staff; some of it is taken, too."""
        service, member = self.rng.choice(self.salon.services), self.rng.choice(self.salon.staff)
        return free_slots(
            service.service_id, member.staff_id, service.minutes, member.hours,
            self.salon.company.zone, (), self.agenda.now, 5,
        )  # fmt: skip


@contextmanager
def _quietly() -> Iterator[None]:
    """What goes wrong is logged a thousand times over."""
    level = logger.log_level
    logger.setLevel("CRITICAL")
    try:
        yield
    finally:
        logger.setLevel(level)
