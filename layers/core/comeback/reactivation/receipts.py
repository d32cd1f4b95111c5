"""What becomes of a journey's messages: the part of the Dialogue port that `deliver` needs, without CRM or model."""

from dataclasses import replace

from comeback.changes import Change, RemoveDue, SaveClient, SaveJourney
from comeback.conversations.model import ChannelKind, OutboxMessage
from comeback.ports import ClientFile, Effects
from comeback.reactivation.journey import conclude, reach
from comeback.reactivation.model import Journey, JourneyState, Outcome, Stage

UNREACHABLE_CODES = frozenset({"403", "400", "131026"})
"""Blocked or unknown chat (Telegram), number not on WhatsApp: this address will not work again."""


class Receipts:
    """Counts how far a message came; ends the wait of one that can not arrive, or whose client opted out."""

    def stopped(self, file: ClientFile) -> Effects:
        """The client opted out: nothing is due any more, and the journey under way ends."""
        changes: list[Change] = [
            RemoveDue(d.company_id, d.client_id, d.service_id) for d in file.due
        ]
        journey = running(file) or latest_contacted(file)
        if journey is None:
            return Effects(changes=tuple(changes))
        told = waits(journey, Outcome.OPTED_OUT)
        counted, counts = reach(journey, Stage.OPTED_OUT)
        ended = conclude(counted, Outcome.OPTED_OUT) if told else counted
        return Effects(changes=(*changes, SaveJourney(ended), *counts), finished=told)

    def undelivered(self, file: ClientFile, message: OutboxMessage) -> Effects:
        changes: list[Change] = []
        channel = message.address.channel
        if message.error_code in UNREACHABLE_CODES and channel not in file.client.unreachable:
            barred = (*file.client.unreachable, channel)
            changes.append(SaveClient(replace(file.client, unreachable=barred)))
        journey = file.journey(message.journey_id or "")
        if journey is None or journey.attempt.outbox_id != message.outbox_id:
            return Effects(changes=tuple(changes))
        told = waits(journey, Outcome.UNDELIVERABLE)
        if told:
            ended = conclude(journey, Outcome.UNDELIVERABLE, message.error_code)
            changes.append(SaveJourney(ended))
        return Effects(changes=tuple(changes), finished=told)

    def reached(self, file: ClientFile, message: OutboxMessage, stage: Stage) -> Effects:
        journey = file.journey(message.journey_id or "")
        if journey is None:
            return Effects()
        if stage is Stage.CONTACTED and message.address.channel is ChannelKind.TELEGRAM:
            stage = Stage.DELIVERED  # accepted by Telegram is in the chat; it sends no receipts
        counted, counts = reach(journey, stage)
        return Effects(changes=(SaveJourney(counted), *counts)) if counts else Effects()


def running(file: ClientFile) -> Journey | None:
    """The journey that holds the client, if its message has left."""
    journey = file.journey(file.active_journey_id) if file.active_journey_id else None
    return journey if journey and journey.attempt.sent_at else None


def latest_contacted(file: ClientFile) -> Journey | None:
    contacted = [j for j in file.journeys if Stage.CONTACTED in j.counted]
    return max(contacted, key=lambda j: j.started_at, default=None)


def waits(journey: Journey, outcome: Outcome) -> tuple[tuple[str, Outcome], ...]:
    """The wait that `outcome` ends, if the journey waits and nothing ended it before."""
    if journey.state is not JourneyState.WAITING or journey.attempt.outcome is not None:
        return ()
    return ((journey.attempt.task_token, outcome),)
