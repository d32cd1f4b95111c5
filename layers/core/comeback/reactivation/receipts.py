"""What becomes of a journey's messages: the part of the Dialogue port that `deliver` needs, without CRM or model."""

from collections.abc import Mapping
from dataclasses import replace

from comeback.changes import Change, RemoveDue, SaveClient, SaveJourney
from comeback.clients.model import Client
from comeback.conversations.model import ChannelKind, OutboxMessage, Refusal
from comeback.ports import ClientFile, Effects
from comeback.reactivation.journey import conclude, reach
from comeback.reactivation.model import Journey, JourneyState, Outcome, Stage

OUTCOMES: Mapping[Refusal, Outcome] = {
    Refusal.NOT_NOW: Outcome.POSTPONED,
    Refusal.SLOW_DOWN: Outcome.POSTPONED,
}
"""Of a message that did not arrive; any other refusal leaves it undeliverable in this channel."""


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
        journey = file.journey(message.journey_id or "")
        outcome = OUTCOMES.get(message.refusal or Refusal.MESSAGE, Outcome.UNDELIVERABLE)
        ours = journey is not None and journey.attempt.outbox_id == message.outbox_id
        told = waits(journey, outcome) if journey and ours else ()
        changes: list[Change] = list(_client_after(file.client, message, first_told=bool(told)))
        if told and journey:
            ended = conclude(journey, outcome, message.error_code)
            changes.append(SaveJourney(ended))
        return Effects(changes=tuple(changes), finished=told)

    def reached(self, file: ClientFile, message: OutboxMessage, stage: Stage) -> Effects:
        journey = file.journey(message.journey_id or "")
        if journey is None:
            return Effects()
        if stage is Stage.CONTACTED and message.address.channel is ChannelKind.TELEGRAM:
            stage = Stage.DELIVERED  # accepted by Telegram is in the chat; it sends no receipts
        counted, counts = reach(journey, stage, outbox_id=message.outbox_id)
        if counted == journey:
            return Effects()
        changes: list[Change] = [SaveJourney(counted), *counts]
        channel = message.address.channel
        if stage is not Stage.CONTACTED and channel in file.client.doubtful:
            sure = tuple(c for c in file.client.doubtful if c is not channel)
            changes.append(SaveClient(replace(file.client, doubtful=sure)))
        return Effects(changes=tuple(changes))


def _client_after(
    client: Client, message: OutboxMessage, *, first_told: bool
) -> tuple[SaveClient, ...]:
    """The address that will not work is barred; one that did not work once is doubtful, and barred the second time."""
    channel = message.address.channel
    if channel in client.unreachable:
        return ()
    if message.refusal is Refusal.NOBODY or (
        message.refusal is Refusal.UNDELIVERED and first_told and channel in client.doubtful
    ):
        barred = (*client.unreachable, channel)
        return (SaveClient(replace(client, unreachable=barred)),)
    if message.refusal is Refusal.UNDELIVERED and channel not in client.doubtful:
        return (SaveClient(replace(client, doubtful=(*client.doubtful, channel))),)
    return ()


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
