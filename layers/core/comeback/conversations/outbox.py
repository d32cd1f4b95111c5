"""The outbox's moves, as pure functions (state machine in `model.py`)."""

from dataclasses import replace
from datetime import datetime, timedelta

from comeback.conversations.model import (
    DeliveryStatus,
    OutboxMessage,
    OutboxState,
    StatusReceived,
)
from comeback.conversations.refusals import refusal

CLAIM = timedelta(seconds=90)
"""Longer than the function may run, and shorter than the queue hides a message: a redelivery finds its owner surely dead."""
ORDER = (
    OutboxState.NEW,
    OutboxState.SENDING,
    OutboxState.UNCERTAIN,
    OutboxState.SENT,
    OutboxState.DELIVERED,
    OutboxState.READ,
)
REACHED = {
    DeliveryStatus.SENT: OutboxState.SENT,
    DeliveryStatus.DELIVERED: OutboxState.DELIVERED,
    DeliveryStatus.READ: OutboxState.READ,
    DeliveryStatus.FAILED: OutboxState.FAILED,
}


def claim(message: OutboxMessage, owner: str, now: datetime) -> OutboxMessage | None:
    """The message as `owner`'s to send; None when it is not to be sent (again).

    A claim of one's own that a lost answer hid is taken again; another's that has run out is uncertain: who held it may
    have sent (aws-facts.md, fault 3).
    """
    if message.state is OutboxState.NEW:
        return replace(
            message, state=OutboxState.SENDING, claimed_by=owner, claimed_until=now + CLAIM
        )
    if message.state is OutboxState.SENDING and message.claimed_by == owner:
        return message
    return None


def claimed_at(message: OutboxMessage) -> datetime:
    """When it was tried; of what never was, when it was written. The same whenever one looks."""
    return message.claimed_until - CLAIM if message.claimed_until else message.created_at


def abandoned(message: OutboxMessage, now: datetime) -> bool:
    """Claimed by somebody who never came back."""
    return (
        message.state is OutboxState.SENDING
        and message.claimed_until is not None
        and message.claimed_until <= now
    )


def after_status(message: OutboxMessage, event: StatusReceived) -> OutboxMessage | None:
    """None when the status tells nothing new: a late one never moves a message back."""
    state = REACHED[event.status]
    if message.state is OutboxState.FAILED:
        return None
    if state is OutboxState.FAILED:
        if message.state in (OutboxState.DELIVERED, OutboxState.READ):
            return None
        return replace(
            message,
            state=state,
            error_code=event.error_code,
            refusal=refusal(message.address.channel, event.error_code),
            provider_id=event.provider_id,
        )
    if ORDER.index(state) <= ORDER.index(message.state):
        return None
    return replace(message, state=state, provider_id=event.provider_id)
