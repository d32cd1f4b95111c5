"""Ticks serve many companies: their requests grow with who is due, and one company's trouble is not another's."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from comeback.changes import SaveDue, SaveRule
from comeback.clients.model import Client
from comeback.companies.model import Company
from comeback.errors import Unavailable
from comeback.ports import ImportedClient
from comeback.reactivation.model import DueService, Interval, IntervalSource, ServiceRule
from comeback.reactivation.refit import Refit
from comeback.storage.store import DynamoStore

from tests.storage.life import ON, Life, NoModels
from tests.storage.wire import Wire

DUE = DueService(
    "salon", "", "cut", ON, ON, ON - timedelta(days=30), 4, 0, False, IntervalSource.MANUAL, "test"
)
SIZES = (3, 30, 300)


def base(company_id: str, clients: int, due: int) -> Iterable[ImportedClient]:
    """The first of them due today, the others in two months."""
    for n in range(clients):
        client_id = f"c{n:05}"
        entry = replace(DUE, company_id=company_id, client_id=client_id)
        if n >= due:
            entry = replace(entry, due_on=ON + timedelta(days=60), next_on=ON + timedelta(days=60))
        yield ImportedClient(Client(company_id, client_id, "Anna"), (), due=(entry,))


def requests_of_detect(store: DynamoStore, wire: Wire, clients: int, due: int) -> int:
    """In a company of its own."""
    life = Life(store)
    company = replace(life.company, company_id=f"salon{clients}-{due}")
    store.save_company(company)
    store.import_visits(company.company_id, base(company.company_id, clients, due))
    wire.counted()
    campaign = life.detect.campaign(company, life.clock.now())
    assert campaign
    assert campaign.due == due
    return sum(wire.counted().values())


@pytest.mark.fault("a base of ×1, ×10, ×100 clients, as many due", "detect asks for no more")
def test_detect_does_not_see_those_who_are_not_due(store: DynamoStore, wire: Wire) -> None:
    asked = [requests_of_detect(store, wire, clients, due=3) for clients in SIZES]
    assert asked[0] == asked[1] == asked[2]


def test_detect_reads_page_by_page_who_is_due(store: DynamoStore, wire: Wire) -> None:
    """A page of an index is a megabyte, thousands of entries: thirty times as many cost no request more."""
    assert requests_of_detect(store, wire, 150, due=150) == requests_of_detect(store, wire, 6, 5)


def test_one_companys_trouble_costs_no_other_its_campaign(
    store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = Life(store)
    life.open_salon()
    life.client("anna")
    broken = replace(life.company, company_id="broken")
    store.save_company(broken)
    real = store.due

    def due(company_id: str, on: object) -> Iterable[DueService]:
        if company_id == "broken":
            raise Unavailable("this company's index does not answer")
        return real(company_id, ON)

    monkeypatch.setattr(store, "due", due)
    with pytest.raises(ExceptionGroup):
        life.detect.tick()
    assert life.orchestrator.campaigns.keys() == {("salon", ON)}


def test_one_companys_trouble_costs_no_other_its_silence(
    store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = Life(store)
    life.open_salon()
    life.client("anna")
    store.save_company(replace(life.company, company_id="broken"))
    (ref,) = life.campaign()
    life.run_until_sent(ref)
    life.clock.advance(days=8)
    real = store.waiting

    def waiting(company_id: str, until: object) -> object:
        if company_id == "broken":
            raise Unavailable("this company's index does not answer")
        return real(company_id, life.clock.now())

    monkeypatch.setattr(store, "waiting", waiting)
    with pytest.raises(ExceptionGroup):
        life.expire.tick()
    assert life.outcome().value == "no_response"


def test_one_companys_trouble_costs_no_other_its_refit(
    store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a client who is gone when their file is opened costs the company nothing."""
    life = Life(store)
    life.open_salon()
    life.client("anna")
    store.save_company(replace(life.company, company_id="broken"))
    real = store.clients

    def clients(company_id: str) -> Iterable[str]:
        if company_id == "broken":
            raise Unavailable("this company's index does not answer")
        return ["gone", *real(company_id)]

    monkeypatch.setattr(store, "clients", clients)
    with pytest.raises(ExceptionGroup):
        Refit(store, NoModels(), life.clock).tick()
    assert store.model("salon", "cut")


def test_what_the_owner_saves_during_the_refit_stays(store: DynamoStore) -> None:
    """And the refit's own findings stand beside it."""
    life = Life(store)
    life.open_salon()
    life.client("anna")

    class OwnerAtWork:
        """Asked for the model when the catalogue has been read, and the rule not yet written."""

        def model(self, _company: Company) -> None:
            rule = store.catalogue("salon").rules.get("cut", ServiceRule("cut"))
            by_hand = {**rule.intervals, IntervalSource.MANUAL: Interval(40, "I know them")}
            store.commit([SaveRule("salon", replace(rule, intervals=by_hand, max_attempts=1))])

    Refit(store, OwnerAtWork(), life.clock).tick()
    rule = store.catalogue("salon").rules["cut"]
    assert (rule.interval(), rule.max_attempts) == (
        (IntervalSource.MANUAL, Interval(40, "I know them")),
        1,
    )
    assert IntervalSource.DEFAULT in rule.intervals
    version = rule.version
    Refit(store, NoModels(), life.clock).tick()
    assert store.catalogue("salon").rules["cut"].version == version


def test_who_is_put_to_rest_during_the_refit_keeps_the_rest(
    store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = Life(store)
    life.open_salon()
    life.client("anna")
    until = ON + timedelta(days=30)
    real = store.save_model

    def meanwhile(company_id: str, service_id: str, model_json: str, at: datetime) -> None:
        """Files are read by now."""
        (anna,) = store.client("salon", "anna").due
        store.commit([SaveDue(anna.resting(until))])
        real(company_id, service_id, model_json, at)

    monkeypatch.setattr(store, "save_model", meanwhile)
    Refit(store, NoModels(), life.clock).tick()
    (anna,) = store.client("salon", "anna").due
    assert (anna.next_on, anna.rests_until) == (until, until)
    assert anna.forecast_on
