"""Scenarios of what runs by the clock or by files, and of the CRM: schedules, the events queue, the bucket."""

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from comeback.bookings.model import Service, Slot, Staff
from comeback.clients.model import Client, Consent, Visit, VisitStatus
from comeback.companies.model import CrmKind, EmptyChairs
from comeback.conversations.model import Address, ChannelKind, Purpose
from comeback.errors import RateLimited
from comeback.ports import CrmRecord
from comeback.reactivation.holdout import in_holdout

from tests.crashes.journeys import Prepare, anna, passes, then
from tests.crashes.points import Act, Scenario
from tests.crashes.talk import owner_is_asked
from tests.crashes.world import OWNER_CHAT, START, TOMORROW, World

FILE = """client,phone,date,service,staff,amount
Bella,+79161234501,2026-01-10 12:00,Haircut,Olga,2000
Bella,+79161234501,2026-02-10 12:00,Haircut,Olga,2000
Clara,+79161234502,2026-02-11 12:00,Massage,Vera,3000
"""


def _chat(n: int) -> Address:
    return Address(ChannelKind.TELEGRAM, f"10{n}")


def three_due(world: World) -> None:
    world.open()
    for n, name in enumerate(("anna", "bella", "clara")):
        world.know(name, _chat(n), days_ago=60 + n)


def over_the_limit(world: World) -> None:
    three_due(world)
    world.limits.remaining = 2


def two_companies(world: World) -> None:
    """The second has nobody."""
    three_due(world)
    world.store.save_company(replace(world.company, company_id="other", owner=None))


def afternoon(world: World, **company: object) -> None:
    world.open(**company)
    for n, name in enumerate(("anna", "bella")):
        world.know(name, _chat(n), days_ago=21)
    passes(world, hours=5)


def by_itself(world: World) -> None:
    """The second tick carries out what the first proposed."""
    afternoon(world, empty_chairs=EmptyChairs.AUTO)
    world.input = 2


def owner_agreed(world: World) -> None:
    owner_is_asked(world)
    world.hears(world.says("", f"owner:chairs:{TOMORROW}:yes", OWNER_CHAT))


def silent(world: World) -> None:
    """Two clients whose time to answer is over."""
    three_due(world)
    for ref in world.campaign()[:2]:
        now = world.clock.now()
        world.sent(ref)
        world.clock.time = now
    passes(world, days=9)


def answered_but_untold(world: World) -> None:
    """The answer is in the table, and the machine has not heard: the deadline comes."""
    world.sent(anna(world))
    world.hears(world.says("No, thanks"))
    world.orchestrator.told.clear()
    passes(world, days=9)


def report_hour(world: World) -> None:
    """A campaign yesterday, one booking; trials of a month ago are to be settled."""
    world.open(report_hour=10, holdout_percent=50)
    names = [f"client{n}" for n in range(40)]
    out = next(n for n in names if in_holdout("salon", n, 50))
    treated = next(n for n in names if not in_holdout("salon", n, 50))
    for n, name in enumerate((out, treated)):
        world.know(name, _chat(n))
    for ref in world.campaign():
        if ref.client_id == treated:
            world.sent(ref)
        else:
            world.use("analyse").run(ref)
    world.clock.time = START + timedelta(days=32)


def visits_of_years(world: World) -> None:
    """Enough returns for history to speak, and a service without any."""
    world.open()
    for n in range(7):
        world.know(f"client{n}", _chat(n), days_ago=30 + n)


# ── the CRM ──────────────────────────────────────────────────────────────────────────────────────


def crm_client(n: int) -> Client:
    phone = f"7916123450{n}"
    whatsapp = (Address(ChannelKind.WHATSAPP, phone),)
    return Client("salon", f"yc{n}", f"Client {n}", f"+{phone}", addresses=whatsapp, crm_id=str(n))


def crm_record(
    n: int, client: int, at: datetime, status: VisitStatus = VisitStatus.COMPLETED, parts: int = 1
) -> CrmRecord:
    visits = tuple(
        Visit(f"{n}.{k}" if k else str(n), ("cut", "nails")[k], "olga", at, status, 200_000, "crm")
        for k in range(parts)
    )
    who = crm_client(client)
    return CrmRecord(str(client), who.name, who.phone, visits[0], at, visits[1:])


def with_yclients(world: World) -> None:
    """Three clients and their visits, still only in the CRM."""
    world.open(crm=CrmKind.YCLIENTS, crm_company_id="1", owner=None)
    crm = world.yclients
    crm.on_services = [Service("cut", "Haircut", 60, 200_000), Service("wax", "Wax", 30, 90_000)]
    crm.on_staff = [Staff("olga", "Olga"), Staff("vera", "Vera")]
    crm.on_clients = [crm_client(n) for n in range(1, 4)]
    when = [START - timedelta(days=90 - 20 * n) for n in range(4)]
    crm.on_records = {
        str(n): crm_record(n, 1 + n % 3, at, parts=1 + n % 2) for n, at in enumerate(when)
    }


def brought_in(world: World) -> None:
    with_yclients(world)
    agreed = Consent(Purpose.MARKETING, True, world.clock.now(), "owner", "v1")
    world.use("crm_sync").run("salon", "full", agreed)


def offered_to_a_crm_client(world: World) -> None:
    """Client 2 of the CRM has our message, and is waited for."""
    brought_in(world)
    noon = START.replace(hour=9, minute=0)
    world.yclients.free = [
        Slot(service, "olga", noon + timedelta(days=d), 60)
        for d in range(1, 6)
        for service in ("cut", "nails")
    ]
    refs = {ref.client_id: ref for ref in world.campaign()}
    world.sent(refs["yc2"])


def records(*made: CrmRecord) -> Prepare:
    def prepare(world: World) -> None:
        for record in made:
            changed = replace(record, changed_at=world.clock.now())
            world.yclients.on_records[record.visit.visit_id] = changed

    return prepare


def told(resource: str, number: str, client: str = "") -> Act:
    detail = {"resource": resource, "id": number, "status": "update", "key": f"{resource}:{number}"}
    if client:
        detail["client"] = client
    return lambda changed, world: changed.handle("salon", detail)


def syncs(detail: Mapping[str, str]) -> Act:
    return lambda sync, world: sync.handle("salon", detail)


def gone(world: World) -> None:
    del world.yclients.on_records["1"]


def renamed(world: World) -> None:
    world.yclients.on_clients[0] = replace(world.yclients.on_clients[0], name="New name")


def mended(world: World) -> None:
    """Card 1 gets the right number, from which somebody has written to stop us."""
    right = crm_client(8)
    world.hears(world.says("STOP", address=right.addresses[0]))
    card = replace(right, client_id="yc1", crm_id="1")
    world.yclients.on_clients[0] = card
    record = replace(crm_record(53, 1, SOON, VisitStatus.BOOKED), phone=card.phone)
    records(record)(world)


def carded(world: World) -> None:
    """Who wrote first got a card, and it now has another number."""
    known = crm_client(8)
    world.hears(world.says("STOP", address=known.addresses[0]))
    world.yclients.on_clients.append(known)
    told("client", "8")(world.use("crm_changed"), world)
    world.yclients.on_clients[-1] = replace(crm_client(9), client_id="yc8", crm_id="8")


def newcomer(world: World) -> None:
    world.yclients.on_clients.append(crm_client(4))


def little_time(world: World) -> None:
    with_yclients(world)
    world.seconds_left = [100.0, 100.0, 0.0]


def asked_to_wait(world: World) -> None:
    with_yclients(world)
    world.yclients.broken = [None, None, None, RateLimited("wait", retry_after=3)]


SOON = START + timedelta(days=3)
NEW = crm_record(50, 5, SOON, VisitStatus.BOOKED, parts=2)
OF_KNOWN = crm_record(51, 2, SOON, VisitStatus.BOOKED)
CAME = crm_record(52, 1, START - timedelta(days=1))
FULL = {"name": "full", "consent_source": "owner", "consent_text_version": "v1"}


def _imports(use_case: Any, world: World) -> None:
    del world
    use_case.run("salon", "x.csv", lambda: io.BytesIO(FILE.encode()), "v1")


def _ticks(use_case: Any, world: World) -> None:
    """What the last tick did anew differs, and is not asked for."""
    for _ in range(world.input or 1):
        use_case.tick()


_ticking: dict[str, dict[str, Prepare]] = {
    "detect": {
        "three-due": three_due,
        "over-the-limit": over_the_limit,
        "nobody-due": lambda w: w.open(),
        "two-companies": two_companies,
    },
    "empty_chairs": {
        "asks": afternoon,
        "by-itself": by_itself,
        "nobody-to-ask": lambda w: then(lambda v: v.open(), lambda v: passes(v, hours=5))(w),
        "owner-agreed": owner_agreed,
    },
    "expire": {"silence": silent, "answered-but-untold": answered_but_untold},
    "refit": {"many-visits": visits_of_years, "nobody": lambda w: w.open()},
    "daily_report": {
        "with-trials": report_hour,
        "no-owner": lambda w: then(report_hour, _no_owner)(w),
    },
    "crm_tick": {"asks": with_yclients},
}


def _no_owner(world: World) -> None:
    world.store.save_company(replace(world.store.company("salon"), owner=None))


_changed: dict[str, tuple[Prepare, Act]] = {
    "record-of-a-newcomer": (then(brought_in, records(NEW)), told("record", "50")),
    "record-of-a-known": (then(brought_in, records(OF_KNOWN)), told("record", "51", "2")),
    "record-of-who-came": (then(brought_in, records(CAME)), told("record", "52", "1")),
    "record-cancelled": (
        then(brought_in, lambda w: w.yclients.mark("1", VisitStatus.CANCELLED, w.clock.now())),
        told("record", "1", "2"),
    ),
    "record-gone": (then(brought_in, gone), told("record", "1", "2")),
    "books-while-waited-for": (
        then(offered_to_a_crm_client, records(OF_KNOWN)),
        told("record", "51", "2"),
    ),
    "nothing-new": (brought_in, told("record", "1", "2")),
    "client-renamed": (then(brought_in, renamed), told("client", "1")),
    "client-new": (then(brought_in, newcomer), told("client", "4")),
    "client-mended": (then(brought_in, mended), told("client", "1")),
    "client-mended-by-a-record": (then(brought_in, mended), told("record", "53", "1")),
    "client-who-wrote-first": (then(brought_in, carded), told("client", "8")),
    "service-changed": (brought_in, told("service", "1")),
}
_synced: dict[str, tuple[Prepare, Act]] = {
    "full": (with_yclients, syncs(FULL)),
    "out-of-time": (little_time, syncs(FULL)),
    "asked-to-wait": (asked_to_wait, syncs(FULL)),
    "delta": (then(brought_in, records(NEW, OF_KNOWN, CAME)), syncs({"name": "delta"})),
}

SCENARIOS = [
    *(
        Scenario(name, use_case, prepare, _ticks)
        for use_case, scenarios in _ticking.items()
        for name, prepare in scenarios.items()
    ),
    *(Scenario(n, "crm_changed", prepare, act) for n, (prepare, act) in _changed.items()),
    *(Scenario(n, "crm_sync", prepare, act) for n, (prepare, act) in _synced.items()),
    Scenario("new-file", "visits_import", lambda w: w.open(), _imports),
    Scenario("beside-what-is-known", "visits_import", three_due, _imports),
]
