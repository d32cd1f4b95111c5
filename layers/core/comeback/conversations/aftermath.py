"""What follows a message that can not arrive, and the waits that a crash may have left untold."""

from collections.abc import Mapping
from datetime import datetime

from comeback.changes import SaveConsent
from comeback.clients.model import Consent, may_market
from comeback.conversations.model import OutboxMessage, Purpose
from comeback.ports import ClientFile, Effects, Receipts
from comeback.reactivation.model import JourneyState, Outcome

STOPPED_BY: Mapping[str, str] = {"403": "telegram_block", "131050": "whatsapp_stop"}
"""Refusals that are the client's own way to say stop → the source in the consent ledger."""
TEXT_VERSION = "messenger-v1"


def after_failure(
    receipts: Receipts, file: ClientFile, message: OutboxMessage, at: datetime
) -> Effects:
    """The journey's end, and the client's no where the refusal says so. The same again changes nothing."""
    effects = receipts.undelivered(file, message)
    channel, source = message.address.channel, STOPPED_BY.get(message.error_code)
    if source is None or not may_market(file.consents, channel):
        return effects
    consent = Consent(Purpose.MARKETING, False, at, source, TEXT_VERSION, channel)
    return Effects((SaveConsent(message.company_id, message.client_id, consent),)) + effects


def untold(file: ClientFile) -> tuple[tuple[str, Outcome], ...]:
    """(task token, outcome) of waits that have their outcome but may not know it; telling one twice is no error."""
    return tuple(
        (journey.attempt.task_token, journey.attempt.outcome)
        for journey in file.journeys
        if journey.state is JourneyState.WAITING
        and journey.attempt.outcome is not None
        and not journey.attempt.settled
        and journey.attempt.task_token
    )
