"""Imports a file of visits: clients, services and staff come into being as the file names them. Repeating it is harmless.

All visits of a client are needed together for their due dates, so a file is held in memory: about 300 bytes a visit.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from statistics import median_low

from comeback.bookings.model import Service, Staff
from comeback.clients import phones
from comeback.clients.model import Client, Consent, Visit, VisitStatus
from comeback.clients.money import minor
from comeback.clients.visits_file import BadRow, Open, VisitRow, look
from comeback.clients.visits_report import Report
from comeback.companies.model import Company
from comeback.conversations.model import Purpose
from comeback.errors import InvalidInput, NotFound
from comeback.ports import Catalogue, Clock, ImportedClient, Store, VisitFollowUp

SOURCE = "import"
MINUTES = 60
"""Length of a service that a file brings: files do not tell."""
UNNAMED_SERVICE = {"ru": "Визит"}
PLAIN_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
MAY_BE_A_NUMBER = 10
"""Digits, from which on a file's own id may be somebody's telephone number."""


@dataclass
class Person:
    client: Client
    rows: list[VisitRow] = field(default_factory=list)


class VisitsImport:
    def __init__(self, store: Store, follow_up: VisitFollowUp, clock: Clock) -> None:
        self._store = store
        self._follow_up = follow_up
        self._clock = clock

    def run(
        self,
        company_id: str,
        file: str,
        open_: Open,
        consent_text: str = "",
        until: date | None = None,
    ) -> Report:
        """`consent_text`: version of the owner's statement that these clients agreed to marketing; the owner answers for
        it. `until`: the last local day to import. Never raises for what the file holds: the report tells."""
        company = self._store.company(company_id)
        report = Report(file, consent=consent_text)
        try:
            people = self._people(company, open_, until, report)
        except InvalidInput as error:
            report.refused = str(error)
            return report
        rows = [row for person in people for row in person.rows]
        catalogue = self._catalogue(company, rows, report)
        consents = self._consents(file, consent_text)
        imported = self._imported(company, catalogue, people, consents)
        report.clients = self._store.import_visits(company_id, imported)
        report.visits = len(rows)
        return report

    # ── reading ──────────────────────────────────────────────────────────────────────────────────

    def _people(
        self, company: Company, open_: Open, until: date | None, report: Report
    ) -> list[Person]:
        found = look(open_)
        report.ignored_columns = list(found.columns.ignored)
        people: dict[str, Person] = {}
        for row in found.rows():
            report.rows += 1
            if isinstance(row, BadRow):
                report.bad.append(row)
            elif until and _starts_at(company, row).astimezone(company.zone).date() > until:
                report.later += 1
            else:
                _require_currency(company, row)
                self._take(company, row, people, report)
        return list(people.values())

    def _take(
        self, company: Company, row: VisitRow, people: dict[str, Person], report: Report
    ) -> None:
        phone = phones.e164(row.phone, company) if row.phone else ""
        if row.phone and not phone:
            bad = BadRow(
                row.number,
                "phone",
                f"«{row.phone}» is no telephone number",
                "Write it with the country code: +7 916 123-45-67",
                row.row,
            )
            if not (row.client_id or row.name):
                report.bad.append(bad)
                return
            report.warnings.append(bad)
        key = self._key(company, row, phone)
        person = people.setdefault(key, Person(Client(company.company_id, key, row.name)))
        person.rows.append(row)
        if phone and not person.client.phone:
            addresses = phones.whatsapp(phone)
            person.client = replace(person.client, phone=phone, addresses=addresses)
        if row.name and not person.client.name:
            person.client = replace(person.client, name=row.name)

    def _key(self, company: Company, row: VisitRow, phone: str) -> str:
        """The client's id here: the file's own where it is plain, else one that tells nobody who it is."""
        digits = sum(map(str.isdigit, row.client_id))
        if PLAIN_ID.fullmatch(row.client_id) and digits < MAY_BE_A_NUMBER:
            return f"im-{row.client_id}"
        return f"im{self._store.pseudonym(company.company_id, _named(row, phone))[:24]}"

    # ── writing ──────────────────────────────────────────────────────────────────────────────────

    def _catalogue(self, company: Company, rows: Iterable[VisitRow], report: Report) -> Catalogue:
        """With what the file names and the catalogue lacks."""
        known = self._store.catalogue(company.company_id)
        services = {_fold(s.title): s for s in known.services.values()}
        staff = {_fold(s.name): s for s in known.staff.values()}
        prices: defaultdict[str, list[Decimal]] = defaultdict(list)
        does: defaultdict[str, set[str]] = defaultdict(set)
        titles: dict[str, str] = {}
        for row in rows:
            title = row.service or UNNAMED_SERVICE.get(company.language, "Visit")
            titles.setdefault(_fold(title), title)
            prices[_fold(title)].append(row.amount or Decimal(0))
            does[row.staff].add(_fold(title))
        for fold, title in titles.items():
            if fold not in services:
                price = minor(median_low(prices[fold]), company.currency)
                services[fold] = Service(_id(fold), title, MINUTES, price)
                report.new_services.append(title)
        for name, folds in does.items():
            if name and _fold(name) not in staff:
                able = frozenset(services[f].service_id for f in folds)
                staff[_fold(name)] = Staff(_id(_fold(name)), name, able)
                report.new_staff.append(name)
        self._store.save_catalogue(company.company_id, services.values(), staff.values())
        return Catalogue(
            {s.service_id: s for s in services.values()},
            {s.staff_id: s for s in staff.values()},
            known.rules,
        )

    def _imported(
        self,
        company: Company,
        catalogue: Catalogue,
        people: Iterable[Person],
        consents: tuple[Consent, ...],
    ) -> Iterator[ImportedClient]:
        services = {_fold(s.title): s.service_id for s in catalogue.services.values()}
        staff = {_fold(s.name): s.staff_id for s in catalogue.staff.values()}
        on_file = set(self._store.clients(company.company_id))
        for person in people:
            client = self._same_person(person.client)
            visits = tuple(self._visits(company, client, person.rows, services, staff))
            before = self._before(client) if client.client_id in on_file else {}
            known = tuple((before | {v.visit_id: v for v in visits}).values())
            due = self._follow_up.due(company, catalogue, client, known)
            yield ImportedClient(client, visits, consents, due)

    def _same_person(self, client: Client) -> Client:
        """Who is on file with this WhatsApp number stays one client."""
        for address in client.addresses:
            if found := self._store.client_at(client.company_id, address):
                return replace(client, client_id=found)
        return client

    def _before(self, client: Client) -> dict[str, Visit]:
        try:
            file = self._store.client(client.company_id, client.client_id)
        except NotFound:
            return {}
        return {v.visit_id: v for v in file.visits}

    def _visits(
        self,
        company: Company,
        client: Client,
        rows: Iterable[VisitRow],
        services: Mapping[str, str],
        staff: Mapping[str, str],
    ) -> Iterator[Visit]:
        """The n-th visit of the same client, time, service and master is the same visit in every file."""
        seen: Counter[str] = Counter()
        now = self._clock.now()
        for row in rows:
            title = row.service or UNNAMED_SERVICE.get(company.language, "Visit")
            starts_at = _starts_at(company, row)
            service_id, staff_id = services[_fold(title)], staff.get(_fold(row.staff), "")
            same = f"{client.client_id}|{starts_at.isoformat()}|{service_id}|{staff_id}"
            seen[same] += 1
            past = VisitStatus.COMPLETED if starts_at <= now else VisitStatus.BOOKED
            yield Visit(
                visit_id=_id(f"{same}|{seen[same]}"),
                service_id=service_id,
                staff_id=staff_id,
                starts_at=starts_at,
                status=row.status or past,
                amount_minor=minor(row.amount or Decimal(0), company.currency),
                source=SOURCE,
                timed=row.when.timed,
            )

    def _consents(self, file: str, consent_text: str) -> tuple[Consent, ...]:
        if not consent_text:
            return ()
        now, source = self._clock.now(), f"import:{file}"
        return (Consent(Purpose.MARKETING, True, now, source, consent_text),)


def _starts_at(company: Company, row: VisitRow) -> datetime:
    moment = row.when.moment
    return (moment if moment.tzinfo else moment.replace(tzinfo=company.zone)).astimezone(UTC)


def _require_currency(company: Company, row: VisitRow) -> None:
    """Amounts of two currencies are never added up in silence."""
    if row.currency and row.currency != company.currency:
        raise InvalidInput(
            "amount",
            f"row {row.number} is in {row.currency}, the company counts in {company.currency}",
            "Convert the amounts, or set the company's currency",
        )


def _named(row: VisitRow, phone: str) -> str:
    """What tells this client from others: the file's own id, else the number, else the name."""
    if row.client_id:
        return f"id:{row.client_id}"
    return f"phone:{phone}" if phone else f"name:{_fold(row.name)}"


def _fold(text: str) -> str:
    return " ".join(text.casefold().replace("ё", "е").split())


def _id(text: str) -> str:
    return f"im{hashlib.sha256(text.encode()).hexdigest()[:20]}"
