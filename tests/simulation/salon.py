"""One small salon, drawn from the seed: its settings, its book, its clients and what they did before it began."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from comeback.bookings.model import Service, Staff
from comeback.clients.identity import client_id
from comeback.clients.model import Client, Consent, Visit, VisitStatus
from comeback.companies.model import (
    BusinessType,
    Company,
    CrmKind,
    EmptyChairs,
    Hours,
    SendingWindow,
)
from comeback.conversations.model import Address, ChannelKind, Purpose
from comeback.reactivation.model import Interval, IntervalSource, ServiceRule

BEGINS = date(2026, 3, 2)
"""A Monday; within its second week New York's clocks change."""
ZONES = ("Europe/Moscow", "Asia/Yekaterinburg", "America/New_York", "Asia/Almaty")
CLIENT_ZONES = ("", "", "", "Asia/Vladivostok", "Europe/Kaliningrad")
OWNER_CHAT = Address(ChannelKind.TELEGRAM, "777")
COMPANY = "salon"


@dataclass(frozen=True)
class Salon:
    company: Company
    services: Sequence[Service]
    staff: Sequence[Staff]
    rules: Sequence[ServiceRule]
    clients: Sequence[Client]
    visits: Sequence[tuple[Visit, ...]]
    """By client, in their order."""
    consents: Sequence[tuple[Consent, ...]]
    campaign_days: int

    @property
    def begins(self) -> datetime:
        """UTC."""
        return self.at(0)

    def at(self, day: int, hour: int = 0, minute: int = 0) -> datetime:
        """The local time of a day of the simulation, in UTC."""
        on = BEGINS + timedelta(days=day)
        return datetime.combine(on, time(hour, minute), tzinfo=self.company.zone).astimezone(UTC)


def drawn(seed: int) -> Salon:
    rng = Random(f"{seed} salon")
    hours = {day: Hours(time(10), time(rng.choice([14, 17]))) for day in range(rng.choice([5, 6]))}
    company = _company(rng, hours)
    services = (
        Service("cut", "Haircut", 60, rng.choice([0, 300_000])),
        Service("nails", "Manicure", 90, rng.choice([0, 250_000])),
    )
    both = frozenset(s.service_id for s in services)
    staff = [
        Staff(name, name.title(), both, hours) for name in ("olga", "ira")[: rng.randint(1, 2)]
    ]
    rules = [_rule(rng, service.service_id) for service in services]
    clients = [_client(rng, company, n) for n in range(rng.randint(3, 6))]
    begins = datetime.combine(BEGINS, time(), tzinfo=company.zone).astimezone(UTC)
    return Salon(
        company=company,
        services=services,
        staff=staff,
        rules=rules,
        clients=clients,
        visits=[_visits(rng, c, rules, [s.staff_id for s in staff], begins) for c in clients],
        consents=[_consents(rng, client, begins) for client in clients],
        campaign_days=rng.randint(5, 7),
    )


def _company(rng: Random, hours: dict[int, Hours]) -> Company:
    channels = [ChannelKind.TELEGRAM, ChannelKind.WHATSAPP]
    rng.shuffle(channels)
    return Company(
        company_id=COMPANY,
        title="Salon Lotos",
        time_zone=rng.choice(ZONES),
        business_type=BusinessType.BEAUTY,
        language=rng.choice(["ru", "en"]),
        crm=rng.choice([CrmKind.NATIVE, CrmKind.YCLIENTS]),
        campaign_hour=rng.choice([9, 10, 12]),
        opening=hours,
        sending=SendingWindow(days=frozenset(range(rng.choice([5, 7])))),
        channels=tuple(channels),
        daily_limit=rng.choice([None, 3, 6]),
        slots_in_message=rng.random() < 0.85,
        max_slots=rng.choice([1, 2, 3]),
        answer_days=rng.choice([1, 1, 2]),
        owner=rng.choice([None, OWNER_CHAT, OWNER_CHAT]),
        holdout_percent=rng.choice([0, 0, 30]),
        week_cap=rng.choice([1, 2, 2]),
        month_cap=rng.choice([2, 4, 4]),
        empty_chairs=rng.choice([EmptyChairs.OFF, EmptyChairs.ASK, EmptyChairs.AUTO]),
        report_hour=9,
    )


def _rule(rng: Random, service_id: str) -> ServiceRule:
    manual = Interval(rng.choice([14, 21, 28]), "the owner's")
    return ServiceRule(
        service_id,
        intervals={IntervalSource.MANUAL: manual},
        retry_interval_days=rng.choice([3, 4, 5]),
        max_attempts=rng.choice([1, 2, 2, 3]),
    )


def _client(rng: Random, company: Company, n: int) -> Client:
    phone = f"7999000{n:04}"
    telegram = Address(ChannelKind.TELEGRAM, str(1000 + n))
    whatsapp = Address(ChannelKind.WHATSAPP, phone)
    addresses = rng.choice(
        [(telegram,), (whatsapp,), (telegram, whatsapp), (telegram, whatsapp), ()]
    )
    crm_id = f"{n + 1}"
    return Client(
        company_id=company.company_id,
        client_id=client_id(company.crm, crm_id if company.crm is CrmKind.YCLIENTS else f"c{n}"),
        name=rng.choice(["Anna", "Мария Петрова", "Li", ""]),
        phone=f"+{phone}",
        language=rng.choice(["", "ru", "en"]),
        addresses=addresses,
        vip=rng.random() < 0.1,
        crm_id=crm_id,
        time_zone=rng.choice(CLIENT_ZONES),
    )


def _visits(
    rng: Random,
    client: Client,
    rules: Sequence[ServiceRule],
    staff: Sequence[str],
    begins: datetime,
) -> tuple[Visit, ...]:
    """Due somewhere around the campaign's days."""
    found = []
    for rule in rules[: rng.randint(1, 2)]:
        _, interval = rule.interval()
        last = interval.days - rng.randint(-5, 4)
        for n in range(rng.randint(1, 5)):
            ago = timedelta(days=max(1, last) + n * interval.days, hours=-rng.randint(11, 15))
            found.append(
                Visit(
                    f"{client.client_id}.{rule.service_id}.{n}",
                    rule.service_id,
                    rng.choice(staff),
                    begins - ago,
                    VisitStatus.COMPLETED,
                    rng.choice([0, 150_000]),
                    "crm",
                )
            )
    return tuple(found)


def _consents(rng: Random, client: Client, begins: datetime) -> tuple[Consent, ...]:
    """Nine of ten agreed, wherever they can be reached."""
    at = begins - timedelta(days=300)
    if rng.random() < 0.1:
        return ()
    return tuple(
        Consent(Purpose.MARKETING, True, at, "test", "v1", address.channel)
        for address in client.addresses
    )
