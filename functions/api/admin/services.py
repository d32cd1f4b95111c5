"""Services: what the company does, after how long clients are expected back, and what another rule would change."""

from collections import Counter
from itertools import islice
from time import monotonic
from typing import Any

from api.admin.resource import Asked, Resource
from api.admin.wire.rules import EffectView, GapsView, RuleBody, RuleView
from api.admin.wire.services import ServiceBody, ServiceLine, ServiceList, ServiceView
from comeback.companies.model import CrmKind
from comeback.errors import NotFound
from comeback.reactivation.rule_change import READ_AT_MOST, stored_rule
from comeback.reactivation.sources import Advice, advice
from comeback.runtime import wiring

services = Resource("services")
SECONDS_TO_FOLLOW = 10.0
"""Of the API's 25: what a saved rule may take for the due list before it answers."""


@services.get("/services", answers=ServiceList)
def list_services(asked: Asked[None]) -> ServiceList:
    """Services by title, each with the interval that wins and how many clients are due today."""
    store = wiring.as_stored(asked.company_id)
    company, catalogue = store.company(asked.company_id), store.catalogue(asked.company_id)
    today = company.local(asked.now).date()
    due = Counter(d.service_id for d in islice(store.due(asked.company_id, today), READ_AT_MOST))
    found = sorted(catalogue.services.values(), key=lambda s: (not s.active, s.title.casefold()))
    lines = [ServiceLine.shown(company, catalogue, s, due[s.service_id]) for s in found]
    return ServiceList(lines, company.crm is CrmKind.NATIVE)


@services.get("/services/{service}", answers=ServiceView, etag=True)
def service(asked: Asked[None]) -> ServiceView:
    """One service."""
    return _shown(asked, asked.path["service"])


@services.post("/services", body=ServiceBody, answers=ServiceView, status=201, creates=True)
def add_service(asked: Asked[ServiceBody]) -> ServiceView:
    """A new service of a company without a CRM."""
    fresh, change = asked.body.service(asked.id), wiring.change_catalogue()
    change.save_service(asked.company_id, fresh, asked.caller.user_id, new=True)
    return _shown(asked, fresh.service_id)


@services.put("/services/{service}", body=ServiceBody, answers=ServiceView, current=service)
def change_service(asked: Asked[ServiceBody]) -> ServiceView:
    """Title, length, price; whether it is offered. Of a company without a CRM."""
    fresh, change = asked.body.service(asked.path["service"]), wiring.change_catalogue()
    change.save_service(asked.company_id, fresh, asked.caller.user_id, new=False)
    return _shown(asked, fresh.service_id)


@services.get("/services/{service}/rule", answers=RuleView, etag=True)
def rule(asked: Asked[None]) -> RuleView:
    """A service's rule: the four sources of its interval, attempts, discounts."""
    return _rule(asked)


@services.put("/services/{service}/rule", body=RuleBody, answers=RuleView, current=rule)
def save_rule(asked: Asked[RuleBody]) -> RuleView:
    """Saves the rule; the due list follows at once, a large company's within minutes."""
    until = monotonic() + SECONDS_TO_FOLLOW
    stored = stored_rule(wiring.store(), asked.company_id, asked.path["service"])
    change = wiring.rule_change(lambda: until - monotonic())
    change.save(asked.company_id, asked.body.rule(stored), asked.caller.user_id)
    return _rule(asked)


@services.post("/services/{service}/rule/preview", body=RuleBody, answers=EffectView)
def preview_rule(asked: Asked[RuleBody]) -> EffectView:
    """What the rule would do to the due list, today and in thirty days. Writes nothing."""
    stored = stored_rule(wiring.store(), asked.company_id, asked.path["service"])
    change = wiring.rule_change(lambda: SECONDS_TO_FOLLOW)
    return EffectView.of(change.preview(asked.company_id, asked.body.rule(stored)))


@services.get("/services/{service}/gaps", answers=GapsView)
def gaps(asked: Asked[None]) -> GapsView:
    """After how many days clients of this service came again: the figures of a histogram, week by week."""
    stored = stored_rule(wiring.store(), asked.company_id, asked.path["service"])
    return GapsView.of(wiring.store().gaps(asked.company_id, stored.service_id))


@services.post("/services/{service}/rule/calculate-optimal", answers=Advice)
def calculate_optimal(asked: Asked[None]) -> Advice:
    """The interval that the company's own visits advise, how sure that is and why. Saves nothing."""
    store, service_id = wiring.store(), asked.path["service"]
    stored = stored_rule(store, asked.company_id, service_id)
    return advice(stored, store.gaps(asked.company_id, service_id), asked.caller.language)


def _rule(asked: Asked[Any]) -> RuleView:
    store, company_id = wiring.as_stored(asked.company_id), asked.company_id
    stored = stored_rule(store, company_id, asked.path["service"])
    found = store.catalogue(company_id).services[stored.service_id]
    gaps = store.gaps(company_id, stored.service_id)
    return RuleView.of(store.company(company_id), found, stored, gaps, asked.caller.language)


def _shown(asked: Asked[Any], service_id: str) -> ServiceView:
    store = wiring.as_stored(asked.company_id)
    found = store.catalogue(asked.company_id).services.get(service_id)
    if found is None:
        raise NotFound(f"service {service_id}")
    return ServiceView.of(store.company(asked.company_id), found)
