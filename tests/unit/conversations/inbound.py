"""What Anna, and others, do in their messengers; and the Receive they reach."""

from datetime import datetime

from comeback.conversations.consent import ConsentTalk
from comeback.conversations.model import (
    Address,
    DeliveryStatus,
    InboundEvent,
    MarketingResumed,
    MarketingStopped,
    MessageReceived,
    StatusReceived,
)
from comeback.conversations.receive import Receive

from tests.unit.conversations.conftest import CHAT, PHONE, Salon


def receive(salon: Salon, *events: InboundEvent) -> None:
    """Each handed over as from the queue, by an invocation of its own."""
    for event in events:
        _receive(salon, event).handle(
            {"company_id": "salon", "channel": "any", "event_id": event.event_id, "body": {}}
        )


def _receive(salon: Salon, event: InboundEvent) -> Receive:
    return Receive(
        store=salon.store,
        outbound=salon.queue,
        orchestrator=salon.orchestrator,
        dialogue=salon.dialogue,
        consent=ConsentTalk(salon.store, lambda _company: salon.secrets),
        clock=salon.clock,
        parsers={"any": lambda _id, _body, _clock: [event]},
        skipped=lambda *told: salon.skipped.append(told),
    )


def wrote(salon: Salon, text: str, address: Address = CHAT, event_id: str = "e1") -> InboundEvent:
    return MessageReceived(event_id, address, salon.clock.now(), text=text, sender_name="Анна")


def pressed(salon: Salon, button_id: str, event_id: str = "e2") -> InboundEvent:
    return MessageReceived(event_id, CHAT, salon.clock.now(), button_id=button_id)


def started(
    salon: Salon, payload: str = "", address: Address = CHAT, event_id: str = "e0"
) -> InboundEvent:
    text = f"/start {payload}".strip()
    return MessageReceived(
        event_id, address, salon.clock.now(), text, sender_name="Анна", start_payload=payload
    )


def blocked(salon: Salon, event_id: str = "b1") -> InboundEvent:
    return MarketingStopped(event_id, CHAT, salon.clock.now(), "telegram_block")


def resumed(salon: Salon, event_id: str = "r1") -> InboundEvent:
    return MarketingResumed(event_id, PHONE, salon.clock.now(), "whatsapp_preferences")


def status(
    salon: Salon,
    told: DeliveryStatus,
    provider_id: str = "whatsapp-1",
    outbox_ref: str = "anna#j1.1",
    code: str = "",
) -> InboundEvent:
    event_id = f"wa.{provider_id}.{told.value}"
    at: datetime = salon.clock.now()
    return StatusReceived(event_id, PHONE, at, told, provider_id, outbox_ref, code)


def texts(salon: Salon, client_id: str = "anna") -> list[str]:
    return [m.content.text for m in salon.store.messages("salon", client_id)]
