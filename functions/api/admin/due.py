"""Who is due, and why; what the next campaign would do, without doing it."""

import re

from api.admin.caller import Role
from api.admin.resource import Asked, Resource
from api.admin.wire.cursors import cursor, parts
from api.admin.wire.due import (
    DryRunBody,
    DueLine,
    DueList,
    DueQuery,
    MessagePreview,
    Sandbox,
    SandboxBody,
)
from comeback.errors import Refused
from comeback.reactivation.priority import in_order, most_overdue_per_client
from comeback.runtime import wiring

due = Resource("due")
PLACE = re.compile(r"(\d{1,7})")


@due.get("/due", query=DueQuery, answers=DueList)
def list_due(asked: Asked[DueQuery]) -> DueList:
    """Who is due on a local day, each client once, in the campaign's order, with the reason in words and its parts."""
    look, company_id, store = asked.query, asked.company_id, wiring.store()
    on = look.on or wiring.local_today(company_id)
    catalogue, currency = store.catalogue(company_id), store.company(company_id).currency
    dues = catalogue.live(store.due(company_id, on))
    found = (d for d in dues if look.service in ("", d.service_id))
    ordered = in_order(most_overdue_per_client(found), on)
    begin = int(parts(look.cursor, PLACE)[0]) if look.cursor else 0
    shown = ordered[begin : begin + look.limit]
    clients = store.profiles(company_id, [d.client_id for d in shown])
    items = [DueLine.of(d, clients.get(d.client_id), catalogue, on, currency) for d in shown]
    behind = begin + look.limit
    return DueList(on, len(ordered), items, cursor(str(behind)) if behind < len(ordered) else None)


@due.post("/sandbox", body=SandboxBody, answers=Sandbox, role=Role.VIEWER)
def sandbox(asked: Asked[SandboxBody]) -> Sandbox:
    """What the next campaign would do: the same rules decide, nothing is sent and nothing is written."""
    _pays(asked.caller.role, by_model=asked.body.by_model)
    body, company_id = asked.body, asked.company_id
    told = wiring.dry_run().campaign(company_id, most=body.most, by_model=body.by_model)
    catalogue = wiring.store().catalogue(company_id)
    items = [MessagePreview.of(preview, catalogue) for preview in told.previews]
    return Sandbox(told.at, told.on, told.paused, told.due, told.over_limit, told.no_consent, items)


@due.post("/dry-run", body=DryRunBody, answers=MessagePreview, role=Role.VIEWER)
def dry_run(asked: Asked[DryRunBody]) -> MessagePreview:
    """What one client would be written now, also where a rule forbids it; nothing is sent and nothing is written."""
    _pays(asked.caller.role, by_model=asked.body.by_model)
    body, company_id = asked.body, asked.company_id
    told = wiring.dry_run().message(
        company_id, body.client_id, body.service_id, by_model=body.by_model
    )
    return MessagePreview.of(told, wiring.store().catalogue(company_id))


def _pays(role: Role, *, by_model: bool) -> None:
    """What the language model writes costs. Raises Refused."""
    if by_model and not role.may(Role.MANAGER):
        raise Refused("the model is asked by managers")
