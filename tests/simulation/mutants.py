"""The product with one promise broken at a time: an invariant that can not fail is worth nothing."""

import copy
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import count
from typing import Any
from unittest.mock import patch

from comeback.changes import EventSeen, SaveVisit
from comeback.conversations.model import OutboxMessage, OutboxState, Purpose
from comeback.conversations.receive import Receive
from comeback.ports import Effects
from comeback.reactivation import journey as moves
from comeback.reactivation import learning
from comeback.reactivation.find_slots import FindSlots
from comeback.reactivation.intents import Intent
from comeback.reactivation.model import Outcome
from comeback.reactivation.scene import SKIPPED

from tests.fakes.writes import WRITES, Write
from tests.simulation import deployed, invariants
from tests.simulation.cloud import JOURNEY
from tests.simulation.invariants import Invariant
from tests.simulation.table import Table

Definition = Mapping[str, Any]
SAYS = "comeback.conversations"
DOES = "comeback.reactivation"


@dataclass(frozen=True)
class Mutant:
    """`patches`: dotted name → what stands there instead. `machine`: another definition of the journey."""

    name: str
    breaks: Invariant
    patches: Mapping[str, Any]
    machine: Callable[[], Definition | None] = lambda: None

    @contextmanager
    def alive(self) -> Iterator[None]:
        started = [patch(name, instead) for name, instead in self.patches.items()]
        for one in started:
            one.start()
        try:
            yield
        finally:
            for one in reversed(started):
                one.stop()


def _unclaimed(_deliver: Any, message: OutboxMessage) -> OutboxMessage:
    return replace(message, state=OutboxState.SENDING)


def _nothing(*_: Any, **__: Any) -> Effects:
    return Effects()


def _none(*_: Any, **__: Any) -> tuple[()]:
    return ()


def _always(*_: Any, **__: Any) -> bool:
    return True


def _never(*_: Any, **__: Any) -> bool:
    return False


def _now(_file: Any, now: datetime) -> datetime:
    return now


def _skips_silently(*_: Any) -> Mapping[str, Any]:
    return SKIPPED


def _poisoned(*_: Any) -> Effects:
    raise ValueError("poison")


def _all_day(company: Any, now: datetime, _zone: Any) -> list[tuple[datetime, datetime]]:
    midnight = datetime.combine(company.local(now).date(), time(), tzinfo=company.zone)
    return [(midnight, midnight + timedelta(days=1))]


def _counts_again(journey: Any, stage: Any, at: Any = None) -> Any:
    return moves.reach(replace(journey, counted=frozenset()), stage, at)


def _taught_at_once(turn: Any) -> Any:
    return learning._counts(turn.journey, turn.company.zone, tried=1, won=1)


def _stop(read: Any, _ruled: Any) -> Any:
    return replace(read, intent=Intent.STOP.value, slot=None)


def _forgetful(change: EventSeen) -> list[Write]:
    return [Write(("event", change.company_id, change.event_id), _always, change)]


def _sent_all_the_same(message: OutboxMessage, code: str) -> OutboxMessage:
    return replace(message, state=OutboxState.SENT, provider_id=code)


def _when_read(receive: Receive, _record: Any) -> datetime:
    return receive._clock.now()


NUMBERS = count()
ANSWERING = OutboxMessage.answering
PREPARED = FindSlots._prepared


def _under_any_name(*given: Any, **named: Any) -> OutboxMessage:
    return ANSWERING(*given, **{**named, "part": f"{next(NUMBERS)}"})


def _without_track() -> Definition:
    """A step that failed for good ends the execution."""
    definition: dict[str, Any] = copy.deepcopy(dict(deployed.machine(JOURNEY)))
    definition["States"]["Failed"]["Next"] = "Ended"
    return definition


def _forgets_the_chat(steps: FindSlots, journey: Any, *rest: Any) -> Any:
    bare = replace(journey.attempt, slots=(), offered_last=0)
    return PREPARED(steps, replace(journey, attempt=bare), *rest)


MUTANTS = (
    Mutant(
        "a message is sent without a claim",
        invariants.nobody_gets_a_message_twice,
        {f"{SAYS}.deliver.Deliver._claimed": _unclaimed},
    ),
    Mutant(
        "marketing in doubt is said once more",
        invariants.nobody_gets_a_message_twice,
        {f"{SAYS}.doubt.SAID_ONCE_MORE": dict.fromkeys(Purpose, True)},
    ),
    Mutant(
        "silence is taken for a message that did not arrive",
        invariants.an_attempt_arrives_once,
        {f"{DOES}.journey.NOT_ARRIVED": (*moves.NOT_ARRIVED, Outcome.NO_RESPONSE)},
    ),
    Mutant(
        "the table forgets which events it has seen",
        invariants.an_event_has_its_effect_once,
        {
            "tests.fakes.store.WRITES": {**WRITES, EventSeen: _forgetful},
            f"{Table.__module__}.Table.seen_event": lambda *_: None,
        },
    ),
    Mutant(
        "an answer has a new name each time",
        invariants.one_answer_for_one_thing_said,
        {f"{SAYS}.model.OutboxMessage.answering": _under_any_name},
    ),
    Mutant(
        "who has booked books again",
        invariants.a_journey_books_nothing_beside_its_booking,
        {f"{DOES}.turn.Turn.booked_visit": None},
    ),
    Mutant(
        "a message's times stand in the place of those given in the chat meanwhile",
        invariants.a_button_keeps_its_meaning,
        {f"{DOES}.find_slots.FindSlots._prepared": _forgets_the_chat},
    ),
    Mutant(
        "a redelivered event does not enqueue its answer again",
        invariants.every_message_has_its_fate,
        {f"{SAYS}.receive.Receive._tell_again": _nothing},
    ),
    Mutant(
        "what the messenger refuses is noted as sent",
        invariants.what_is_said_to_have_arrived_arrived,
        {f"{SAYS}.deliver._failed": _sent_all_the_same},
    ),
    Mutant(
        "statuses are poison",
        invariants.nothing_is_left_in_the_queues,
        {f"{SAYS}.statuses.Statuses.effects": _poisoned},
    ),
    Mutant(
        "a stop has no effect",
        invariants.every_stop_was_heard,
        {f"{SAYS}.receive.Receive._stopped": _nothing},
    ),
    Mutant(
        "news of the account hold as they are read",
        invariants.what_the_messenger_said_last_of_us_holds,
        {"tests.fakes.noted._told_at": _never},
    ),
    Mutant(
        "a press is dated when it is read, not when it came",
        invariants.the_last_plain_word_is_in_force,
        {f"{SAYS}.receive.Receive._arrived_at": _when_read},
    ),
    Mutant(
        "nobody looks at the consents",
        invariants.no_marketing_after_a_stop,
        {
            f"{DOES}.reachability.may_market": _always,
            f"{DOES}.reachability.opted_out": _never,
            f"{SAYS}.deliver.may_market": _always,
        },
    ),
    Mutant(
        "the model's stop is obeyed",
        invariants.nobody_is_opted_out_who_did_not_ask,
        {f"{DOES}.answers._stop_settled": _stop},
    ),
    Mutant(
        "the model's words are not checked",
        invariants.nothing_untrue_is_said,
        {f"{DOES}.generation.problems": _none},
    ),
    Mutant(
        "WhatsApp's window is always open",
        invariants.free_text_only_within_the_window,
        {f"{DOES}.generate._template_only": _never},
    ),
    Mutant(
        "the sending window is the whole day",
        invariants.within_the_sending_window,
        {f"{DOES}.sending_limits.windows": _all_day, f"{DOES}.send.windows": _all_day},
    ),
    Mutant(
        "minutes keep no distance",
        invariants.minutes_keep_their_distance,
        {f"{DOES}.sending_limits._put_off": lambda *_: None},
    ),
    Mutant(
        "nothing caps the messages to one client",
        invariants.nobody_is_written_to_too_often,
        {f"{DOES}.reachability.capped": _never},
    ),
    Mutant(
        "nobody asks whether the client is talking",
        invariants.nobody_is_interrupted,
        {f"{DOES}.reachability.talk_ends": _now, f"{DOES}.send.talk_ends": _now},
    ),
    Mutant(
        "whatever is held is free",
        invariants.a_time_is_sold_once,
        {"comeback.storage.holdings._stands_against": _never},
    ),
    Mutant(
        "a booking is not written to the file",
        invariants.what_we_booked_is_on_file,
        {"tests.fakes.store.WRITES": {**WRITES, SaveVisit: _none}},
    ),
    Mutant(
        "silence never ends",
        invariants.every_journey_ends,
        {f"{DOES}.expire.Expire.tick": lambda _: 0},
    ),
    Mutant(
        "a failed step ends the execution, not the journey",
        invariants.every_client_is_free_again,
        {f"{DOES}.find_slots.FindSlots.run": _poisoned},
        _without_track,
    ),
    Mutant(
        "the end of a journey does not free its client",
        invariants.every_client_is_free_again,
        {f"{DOES}.journey.Ending._release": _none},
    ),
    Mutant(
        "who is skipped is not written down",
        invariants.every_start_became_a_journey,
        {f"{DOES}.analyse.Analyse._skip": _skips_silently},
    ),
    Mutant(
        "a stage is counted each time it is reached",
        invariants.the_funnel_counts_what_journeys_say,
        {f"{DOES}.receipts.reach": _counts_again},
    ),
    Mutant(
        "a status counts no signal",
        invariants.signals_are_what_became_of_messages,
        {f"{SAYS}.statuses.signals": _none},
    ),
    Mutant(
        "a settled trial is not counted",
        invariants.trials_are_settled_once,
        {f"{DOES}.trials._counted": _none},
    ),
    Mutant(
        "a booking teaches at once, and again when its attempt is settled",
        invariants.an_attempt_teaches_once,
        {f"{DOES}.turn.Turn._won_late": _taught_at_once},
    ),
)
