"""What every step of a journey loads, and what it answers to the state machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from comeback.bookings.model import Service, Slot
from comeback.companies.model import Company
from comeback.errors import InvalidInput, NotFound
from comeback.ports import Catalogue, ClientFile, Store
from comeback.reactivation.intervals import rule_for
from comeback.reactivation.journey import Ending
from comeback.reactivation.model import Journey, ServiceRule, Why
from comeback.texts import supported

Answer = Mapping[str, Any]
READY: Answer = {"status": "ready"}
SKIPPED: Answer = {"status": "skipped"}
DONE: Answer = {"status": "done"}


def early(wait_seconds: float) -> Answer:
    """Woken before time (a redrive, a skewed clock, simulated time): the machine waits this long again."""
    return {"status": "early", "wait_seconds": max(1, int(wait_seconds) + 1)}


@dataclass(frozen=True)
class JourneyRef:
    """The identity of a journey, as an execution's input carries it."""

    company_id: str
    client_id: str
    service_id: str
    journey_id: str
    campaign_on: date
    why: Why = Why.DUE

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> "JourneyRef":
        """Raises InvalidInput naming the key that is missing or malformed."""
        try:
            return cls(
                company_id=str(state["company_id"]),
                client_id=str(state["client_id"]),
                service_id=str(state["service_id"]),
                journey_id=str(state["journey_id"]),
                campaign_on=date.fromisoformat(state["campaign_on"]),
                why=_why(str(state.get("why", Why.DUE))),
            )
        except KeyError as error:
            raise InvalidInput(
                str(error.args[0]), "is missing", "Start the journey with it"
            ) from error
        except ValueError as error:
            raise InvalidInput("campaign_on", "is no date", "Write it as 2026-11-24") from error


def _why(told: str) -> Why:
    if told not in set(Why):
        raise InvalidInput("why", f"is {told}", f"Write one of {', '.join(Why)}")
    return Why(told)


@dataclass(frozen=True)
class Scene:
    company: Company
    catalogue: Catalogue
    file: ClientFile
    service: Service
    rule: ServiceRule

    @property
    def language(self) -> str:
        """In which the client is written to."""
        return supported(self.file.client.language or self.company.language)

    def in_message(self, journey: Journey) -> tuple[tuple[int, Slot], ...]:
        """The slots that the attempt's message shows, by number: what was offered in a chat meanwhile comes before them."""
        return journey.attempt.newest if self.shows_slots(journey) else ()

    def shows_slots(self, journey: Journey) -> bool:
        return self.company.slots_in_message or journey.chair_on is not None

    def ending(self, now: datetime) -> Ending:
        return Ending(self.company, self.file, self.rule, now)

    def journey(self, ref: JourneyRef) -> Journey:
        """Raises NotFound: Analyse writes it before any other step runs."""
        found = self.file.journey(ref.journey_id)
        if found is None:
            raise NotFound(f"journey {ref.journey_id}")
        return found


def load(store: Store, company_id: str, client_id: str, service_id: str) -> Scene:
    """Raises NotFound for a company, client or service that is gone."""
    company, catalogue = store.company(company_id), store.catalogue(company_id)
    return set_up(company, catalogue, store.client(company_id, client_id), service_id)


def set_up(company: Company, catalogue: Catalogue, file: ClientFile, service_id: str) -> Scene:
    """Raises NotFound for a service that is gone."""
    service = catalogue.services.get(service_id)
    if service is None:
        raise NotFound(f"service {service_id}")
    return Scene(company, catalogue, file, service, rule_for(company, catalogue, service))


def load_ref(store: Store, ref: JourneyRef) -> Scene:
    return load(store, ref.company_id, ref.client_id, ref.service_id)
