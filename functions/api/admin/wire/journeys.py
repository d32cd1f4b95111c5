"""Journeys as the admin API shows them."""

from datetime import date, datetime
from typing import Annotated

from api.admin.wire.pages import PageQuery
from comeback.bookings.model import Slot
from comeback.clients.model import Client
from comeback.conversations.model import ChannelKind, OutboxMessage, OutboxState
from comeback.ports import Catalogue, MessageFacts
from comeback.reactivation.manual import may_be_tried_again
from comeback.reactivation.model import Attempt, Completion, Journey, JourneyState, Outcome, Why
from msgspec import Meta, MsgspecError, Struct, json

Id = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$(?!\n)")]
"""No line breaks and the like: ids become keys of the table, and a policy's `*` need not hold for those."""


class JourneyQuery(PageQuery, forbid_unknown_fields=True):
    """Journeys of campaign days, both included; the last thirty by default. What is left out filters nothing."""

    since: date | None = None
    until: date | None = None
    state: JourneyState | None = None
    service: Annotated[str, Meta(max_length=200)] = ""
    channel: ChannelKind | None = None
    response: Outcome | None = None
    """How the last attempt ended."""
    completion: Completion | None = None


class StartBody(Struct, forbid_unknown_fields=True):
    """Whom to write to, and about what. `force`: although it is early or seems not to pay; what protects the client holds."""

    client_id: Id
    service_id: Id
    force: bool = False


class Started(Struct):
    """A journey that begins within seconds."""

    client_id: str
    journey_id: str


class OfferedTime(Struct):
    """A free time that was offered."""

    at: datetime
    minutes: int
    service_id: str
    staff_id: str
    staff: str

    @classmethod
    def of(cls, slot: Slot, catalogue: Catalogue) -> "OfferedTime":
        name = catalogue.name(slot.staff_id)
        return cls(slot.starts_at, slot.minutes, slot.service_id, slot.staff_id, name)


class AttemptView(Struct):
    """One message and what came of it. `facts`: all that its words were written from."""

    number: int
    again: int
    channel: ChannelKind | None
    reserved_for: datetime | None
    sent_at: datetime | None
    deadline: datetime | None
    text: str
    buttons: list[str]
    text_source: str
    style: str
    discount_percent: int
    slots: list[OfferedTime]
    facts: MessageFacts | None
    message: OutboxState | None
    error_code: str
    outcome: Outcome | None
    detail: str
    answered_at: datetime | None
    booked_at: datetime | None

    @classmethod
    def of(
        cls, attempt: Attempt, catalogue: Catalogue, message: OutboxMessage | None = None
    ) -> "AttemptView":
        content = attempt.content
        return cls(
            number=attempt.number,
            again=attempt.again,
            channel=attempt.address.channel if attempt.address else None,
            reserved_for=attempt.reserved_for,
            sent_at=attempt.sent_at,
            deadline=attempt.deadline,
            text=content.text if content else "",
            buttons=[button.title for button in content.buttons] if content else [],
            text_source=attempt.text_source,
            style=attempt.style,
            discount_percent=attempt.discount_percent,
            slots=[OfferedTime.of(slot, catalogue) for slot in attempt.slots],
            facts=_facts(attempt.facts),
            message=message.state if message else None,
            error_code=message.error_code if message else "",
            outcome=attempt.outcome,
            detail=attempt.detail,
            answered_at=attempt.answered_at,
            booked_at=attempt.booked_at,
        )


def _facts(written: str) -> MessageFacts | None:
    """None, too, for what another release wrote in another shape."""
    try:
        return json.decode(written, type=MessageFacts) if written else None
    except MsgspecError:
        return None


class JourneyLine(Struct):
    """One client's way back, as a line of a list. `attempt`, `channel`, `sent_at`, `response`: of the last attempt."""

    client_id: str
    journey_id: str
    client: str
    service_id: str
    service: str
    why: Why
    campaign_on: date
    started_at: datetime
    state: JourneyState
    attempt: int
    channel: ChannelKind | None
    reserved_for: datetime | None
    sent_at: datetime | None
    response: Outcome | None
    detail: str
    completion: Completion | None
    finished_at: datetime | None
    may_cancel: bool
    may_retry: bool

    @classmethod
    def of(cls, journey: Journey, client: Client | None, catalogue: Catalogue) -> "JourneyLine":
        attempt = journey.attempt
        return cls(
            client_id=journey.client_id,
            journey_id=journey.journey_id,
            client=client.name if client else "",
            service_id=journey.service_id,
            service=catalogue.title(journey.service_id),
            why=journey.why,
            campaign_on=journey.campaign_on,
            started_at=journey.started_at,
            state=journey.state,
            attempt=attempt.number,
            channel=attempt.address.channel if attempt.address else None,
            reserved_for=attempt.reserved_for,
            sent_at=attempt.sent_at,
            response=attempt.outcome,
            detail=attempt.detail,
            completion=journey.completion,
            finished_at=journey.finished_at,
            may_cancel=journey.state is not JourneyState.FINISHED,
            may_retry=may_be_tried_again(journey),
        )
