"""Who is due, and what the next campaign would do."""

from datetime import date, datetime
from typing import Annotated

from api.admin.wire.journeys import AttemptView, Id
from api.admin.wire.pages import PageQuery
from comeback.clients.model import Client
from comeback.ports import Catalogue
from comeback.reactivation.dry_run import PREPARED_AT_MOST, Preview
from comeback.reactivation.model import DueService, IntervalSource, SkipReason
from comeback.reactivation.priority import parts
from msgspec import Meta, Struct


class DueQuery(PageQuery, forbid_unknown_fields=True):
    """A local day of the company, today by default; of one service, or of all."""

    on: date | None = None
    service: Annotated[str, Meta(max_length=200)] = ""


class Priority(Struct):
    """What a place in the campaign's order is made of; VIP come first, then regulars, then by `total`."""

    loyalty: float
    spend: float
    visits: float
    silence: float
    total: float


class DueLine(Struct):
    """One client who is due for one service. `reason`: why this day, in words; `low`, `high`: when they usually come by."""

    client_id: str
    client: str
    service_id: str
    service: str
    due_on: date
    next_on: date
    last_visit_on: date
    days_since: int
    visits: int
    spend_minor: int
    currency: str
    vip: bool
    source: IntervalSource
    reason: str
    low: date | None
    high: date | None
    p_active: float | None
    priority: Priority

    @classmethod
    def of(
        cls, due: DueService, client: Client | None, catalogue: Catalogue, on: date, currency: str
    ) -> "DueLine":
        told = parts(due, on)
        return cls(
            client_id=due.client_id,
            client=client.name if client else "",
            service_id=due.service_id,
            service=catalogue.title(due.service_id),
            due_on=due.due_on,
            next_on=due.next_on,
            last_visit_on=due.last_visit_on,
            days_since=(on - due.last_visit_on).days,
            visits=due.visits,
            spend_minor=due.spend_minor,
            currency=currency,
            vip=due.vip,
            source=due.source,
            reason=due.reason,
            low=due.low,
            high=due.high,
            p_active=due.p_active,
            priority=Priority(*told, sum(told)),
        )


class DueList(Struct):
    """Who is due on a day, in the order in which the campaign writes. `total` of all pages."""

    on: date
    total: int
    items: list[DueLine]
    next: str | None


class SandboxBody(Struct, forbid_unknown_fields=True):
    """How many messages are prepared to the end, and whether the language model writes them (that costs) or templates do."""

    most: Annotated[int, Meta(ge=0, le=PREPARED_AT_MOST)] = 20
    by_model: bool = False


class DryRunBody(Struct, forbid_unknown_fields=True):
    """Whose message, about what, and whether the language model writes it."""

    client_id: Id
    service_id: Id
    by_model: bool = False


class MessagePreview(Struct):
    """What would become of one client. `skipped`: why nothing would leave; `unprepared`: its words were not looked for."""

    client_id: str
    client: str
    service_id: str
    service: str
    reason: str
    skipped: SkipReason | None
    unprepared: bool
    attempt: AttemptView

    @classmethod
    def of(cls, preview: Preview, catalogue: Catalogue) -> "MessagePreview":
        journey = preview.journey
        return cls(
            client_id=journey.client_id,
            client=preview.file.client.name,
            service_id=journey.service_id,
            service=catalogue.title(journey.service_id),
            reason=preview.due.reason if preview.due else "",
            skipped=preview.skipped,
            unprepared=preview.unprepared,
            attempt=AttemptView.of(journey.attempt, catalogue),
        )


class Sandbox(Struct):
    """What the next campaign would do, had it begun `at`: who would be written to in the order of leaving, then the others.
    Nothing was sent, nothing was written."""

    at: datetime
    on: date
    paused: bool
    due: int
    over_limit: int
    no_consent: int
    items: list[MessagePreview]
