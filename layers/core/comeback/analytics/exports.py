"""What the owner takes along: clients, journeys or days, as a file behind a link that soon closes."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from babel.numbers import get_currency_precision

from comeback.analytics.sheets import MEDIA, Format, Row, written
from comeback.changes import Audited, EventSeen
from comeback.clients.model import Client
from comeback.companies.model import Company
from comeback.conversations.model import NAMES
from comeback.errors import AlreadyDone, InvalidInput
from comeback.ports import Catalogue, Clock, Files, Store
from comeback.reactivation.model import DueService, Journey, Stage
from comeback.texts import supported, text

LINK_LASTS = timedelta(minutes=10)
MOST_DAYS = 366
READ_AT_ONCE = 2_000
"""Clients at a time."""


class Subject(StrEnum):
    CLIENTS = "clients"
    JOURNEYS = "journeys"
    RESULTS = "results"


@dataclass(frozen=True)
class Asked:
    """Both days included; of clients the days say nothing."""

    subject: Subject
    format: Format
    since: date
    until: date
    language: str


@dataclass(frozen=True)
class Exported:
    url: str
    name: str
    rows: int
    expires_at: datetime


class Export:
    def __init__(self, store: Store, files: Files, clock: Clock) -> None:
        self._store = store
        self._files = files
        self._clock = clock
        self._makers: Mapping[Subject, Callable[[Company, Asked], Table]] = {
            Subject.CLIENTS: self._clients,
            Subject.JOURNEYS: self._journeys,
            Subject.RESULTS: self._results,
        }

    def run(self, company_id: str, asked: Asked, user_id: str, cause: str) -> Exported:
        """The same `cause` writes the same file again. Raises InvalidInput for too many days."""
        if not 0 <= (asked.until - asked.since).days < MOST_DAYS:
            raise InvalidInput("since", "is not within a year before until", "Ask for fewer days")
        company, now = self._store.company(company_id), self._clock.now()
        language = supported(asked.language)
        table = self._makers[asked.subject](company, asked)
        header = [text(language, name) for name in table.header]
        rows = list(table.rows)
        body = written(asked.format, text(language, table.title), header, rows, language)
        key = f"exports/{company_id}/{cause}.{asked.format}"
        name = f"{asked.subject}-{company.local(now):%Y-%m-%d}.{asked.format}"
        done = Audited(company_id, now, user_id, "exports.create", name, (asked.subject.value,))
        with suppress(AlreadyDone):
            self._store.commit([EventSeen(company_id, f"export.{cause}", now), done])
        self._files.put(key, body, MEDIA[asked.format])
        return Exported(self._files.link(key, name, LINK_LASTS), name, len(rows), now + LINK_LASTS)

    # ── what is in it ────────────────────────────────────────────────────────────────────────────

    def _clients(self, company: Company, asked: Asked) -> "Table":
        """What a visit left in the due index is joined in memory: no client's file is read for it."""
        dues: dict[str, list[DueService]] = defaultdict(list)
        for entry in self._store.due(company.company_id, date.max):
            dues[entry.client_id].append(entry)
        catalogue = self._store.catalogue(company.company_id)
        rows = (
            _client(company, client, dues[client.client_id], catalogue, asked.language)
            for client in self._everybody(company.company_id)
        )
        return Table("Clients", CLIENT, rows)

    def _journeys(self, company: Company, asked: Asked) -> "Table":
        names = {c.client_id: c.name for c in self._everybody(company.company_id)}
        catalogue = self._store.catalogue(company.company_id)
        rows = (
            _journey(company, journey, names.get(journey.client_id, ""), catalogue)
            for on in _days(asked)
            for journey in self._store.journeys_on(company.company_id, on)
        )
        return Table("Journeys", JOURNEY, rows)

    def _results(self, company: Company, asked: Asked) -> "Table":
        days = self._store.funnel(company.company_id, asked.since, asked.until)
        rows: Iterator[Row] = (
            [day.on, *(day.stages.get(stage.value, 0) for stage in Stage)] for day in days
        )
        return Table("Results", RESULT, rows)

    def _everybody(self, company_id: str) -> Iterator[Client]:
        after: str | None = ""
        while after is not None:
            read = self._store.directory(company_id, after, READ_AT_ONCE)
            yield from read
            after = read[-1].client_id if len(read) == READ_AT_ONCE else None


@dataclass(frozen=True)
class Table:
    """Title and header in English, as the catalogue of texts knows them."""

    title: str
    header: Sequence[str]
    rows: Iterable[Row]


CLIENT = (
    "Client", "Name", "Phone", "Language", "VIP", "Tags", "Messengers",
    "Visits", "Spent", "Last visit", "Expected on", "Service", "Chance of return",
)  # fmt: skip
JOURNEY = (
    "Campaign day", "Client", "Name", "Service", "Reason", "State", "Ending", "Attempts",
    "Messenger", "Discount, %", "Sent", "Answered", "Booked",
)  # fmt: skip
RESULT = (
    "Day", "Due", "Contacted", "Delivered", "Read", "Answered", "Booked", "Opted out", "Skipped",
)  # fmt: skip


def _client(
    company: Company,
    client: Client,
    dues: Sequence[DueService],
    catalogue: Catalogue,
    language: str,
) -> Row:
    """Of several services the one that is due first, unless the owner has paused it; visits and money of all."""
    first = min(catalogue.live(dues), key=lambda entry: entry.due_on, default=None)
    return [
        client.client_id,
        client.name,
        client.phone,
        client.language or company.language,
        text(language, "yes") if client.vip else "",
        ", ".join(client.tags),
        ", ".join(NAMES[address.channel] for address in client.addresses),
        sum(entry.visits for entry in dues),
        _money(sum(entry.spend_minor for entry in dues), company),
        max((entry.last_visit_on for entry in dues), default=None),
        first.due_on if first else None,
        (catalogue.title(first.service_id) or first.service_id) if first else "",
        first.p_active if first else None,
    ]


def _journey(company: Company, journey: Journey, name: str, catalogue: Catalogue) -> Row:
    attempt = journey.attempt
    return [
        journey.campaign_on,
        journey.client_id,
        name,
        catalogue.title(journey.service_id) or journey.service_id,
        journey.why.value,
        journey.state.value,
        journey.completion.value if journey.completion else "",
        attempt.number,
        NAMES[attempt.address.channel] if attempt.address else "",
        attempt.discount_percent,
        _local(company, attempt.sent_at),
        _local(company, attempt.answered_at),
        _local(company, attempt.booked_at),
    ]


def _days(asked: Asked) -> Iterator[date]:
    for n in range((asked.until - asked.since).days + 1):
        yield asked.since + timedelta(days=n)


def _local(company: Company, moment: datetime | None) -> datetime | None:
    """Without its zone: the company's, as its owner's clock shows it."""
    return company.local(moment).replace(tzinfo=None) if moment else None


def _money(minor: int, company: Company) -> Decimal:
    return Decimal(minor).scaleb(-get_currency_precision(company.currency))
