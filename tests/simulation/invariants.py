"""What must hold whatever goes wrong, each promise once. Asked of a world whose storm is over and whose journeys have had their
time; what a message or a commit breaks is dated by the trace.

An invariant yields what breaks it, in words; nothing means that it holds.

Long on purpose: all that is promised is read in one place.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from comeback import changes as ch
from comeback.bookings.model import Booking, Slot
from comeback.clients.model import Consent, VisitStatus, may_market, opted_out
from comeback.conversations.aftermath import ARRIVED as ARRIVED_TELLS
from comeback.conversations.aftermath import REFUSED
from comeback.conversations.model import (
    OWNER,
    WHATSAPP_WINDOW,
    ChannelKind,
    OutboxMessage,
    OutboxState,
    Purpose,
    Quality,
    Signal,
)
from comeback.conversations.refusals import OURS as OUR_CODES
from comeback.ports import ClientFile
from comeback.reactivation.client_zone import client_zone
from comeback.reactivation.due import OURS
from comeback.reactivation.journey import outbox_id
from comeback.reactivation.judgement import TRIALS
from comeback.reactivation.learning import STYLE
from comeback.reactivation.model import (
    Attempt,
    Journey,
    JourneyState,
    Outcome,
    ProposalState,
    Stage,
)
from comeback.reactivation.pressed import PressedSlot
from comeback.reactivation.reachability import TALK
from comeback.reactivation.sending_limits import LEVELS
from comeback.reactivation.wording import slot_buttons
from comeback.texts import LANGUAGES

from tests.simulation.cloud import INBOUND
from tests.simulation.models import LIE
from tests.simulation.people import Person, PlainWord, Received
from tests.simulation.salon import COMPANY
from tests.simulation.world import World

Broken = Iterator[str]
Invariant = Callable[[World], Broken]
ARRIVED = (OutboxState.SENT, OutboxState.DELIVERED, OutboxState.READ)
SURE = timedelta(minutes=2)
"""Two clocks, each half a minute wrong, and a step that may be a minute early."""
DISORDER = SURE + timedelta(minutes=2)
"""How far a messenger's webhooks may overtake each other, on those clocks."""
QUEUED = timedelta(hours=1)
"""How long a message may lie in the outbound queue and still leave."""
LONGEST = timedelta(days=34)
QUALITY, TIER = "phone_number_quality_update", "business_capability_update"
SAID_OF_US: Mapping[str, Mapping[str, object]] = {
    QUALITY: {"FLAGGED": Quality.RED, "UNFLAGGED": Quality.GREEN},
    TIER: {"TIER_1": 1, "TIER_2K": 2000},
}
NEVER = datetime(2100, 1, 1, tzinfo=UTC)


def files(world: World) -> list[ClientFile]:
    return [world.table.client(COMPANY, client_id) for client_id in world.table.clients(COMPANY)]


def journeys(world: World) -> list[Journey]:
    return world.table._all(COMPANY, Journey)


def outbox(world: World) -> list[OutboxMessage]:
    return world.table._all(COMPANY, OutboxMessage)


def lied_of(world: World) -> set[str]:
    """References of messages of which a messenger said what was not so: what follows from that is not ours."""
    return world.telegram.lied_of | world.whatsapp.lied_of


def received(world: World) -> Iterator[Received]:
    for person in world.people:
        yield from person.inbox


def attempts(world: World) -> Iterator[tuple[Journey, Attempt]]:
    for journey in journeys(world):
        for attempt in journey.attempts:
            yield journey, attempt


# ── one effect per cause ─────────────────────────────────────────────────────────────────────────


def nobody_gets_a_message_twice(world: World) -> Broken:
    """But what somebody waits for may be said once more, marked, when nobody knows whether it was heard (doubt.py)."""
    copies = defaultdict(list)
    for got in received(world):
        copies[got.message.client_id, got.message.outbox_id].append(got.message)
    for (client_id, name), seen in copies.items():
        again = [m for m in seen if m.repeated]
        allowed = seen[0].purpose is not Purpose.MARKETING and len(again) == 1
        if len(seen) - len(again) > 1 or (len(seen) > 1 and not allowed):
            yield f"{client_id} got {name} {len(seen)} times"


def an_attempt_arrives_once(world: World) -> Broken:
    """However often it was made again because it was proven not to have arrived."""
    lied = lied_of(world)
    arrived = Counter(
        (got.message.journey_id, got.message.attempt)
        for got in received(world)
        if got.message.purpose is Purpose.MARKETING and got.message.reference not in lied
    )
    for (journey_id, number), times in arrived.items():
        if times > 1:
            yield f"attempt {number} of {journey_id} arrived {times} times"


def an_event_has_its_effect_once(world: World) -> Broken:
    seen = Counter(
        change.event_id
        for changes in world.table.log
        for change in changes
        if isinstance(change, ch.EventSeen)
    )
    yield from (f"{event_id} had {n} effects" for event_id, n in seen.items() if n > 1)


def one_answer_for_one_thing_said(world: World) -> Broken:
    """And none to what nobody said."""
    said = set(world.webhooks.told)
    answers = [m.outbox_id for m in outbox(world) if m.purpose is not Purpose.MARKETING]
    causes = Counter(name.removeprefix("re.") for name in answers if name.startswith("re."))
    yield from (f"{event_id} has {n} answers" for event_id, n in causes.items() if n > 1)
    yield from (f"an answer to nothing: {name}" for name in sorted(set(causes) - said))


def a_journey_books_nothing_beside_its_booking(world: World) -> Broken:
    """Once that visit is over they may well ask for the next."""
    won: dict[str, list[Booking]] = defaultdict(list)
    for booking in sorted(world.booked_by_us(), key=_filed(world)):
        won[booking.key.split(".")[0]].append(booking)
    for journey_id, booked in won.items():
        for first, second in pairwise(booked):
            if first.slot.starts_at > _filed(world)(second) + SURE:
                yield f"{journey_id} booked {second.slot.starts_at} beside {first.slot.starts_at}"


def a_button_keeps_its_meaning(world: World) -> Broken:
    """Whatever was offered since: the slot that it stands for is the one on it."""
    lied = lied_of(world)
    known = {journey.journey_id: journey for journey in journeys(world)}
    for got in received(world):
        for button in got.message.content.buttons:
            pressed = PressedSlot.of(button.button_id)
            if pressed is None or got.message.reference in lied:
                continue
            slot = pressed.slot(known[pressed.journey_id])
            if slot is None or not button.title.endswith(_reads(world, slot)):
                yield f"{button.button_id} was shown as {button.title}, and stands for {slot}"


def _reads(world: World, slot: Slot) -> tuple[str, ...]:
    """In each language."""
    zone = world.salon.company.zone
    return tuple(slot_buttons("", 1, [(1, slot)], zone, told)[0].title for told in LANGUAGES)


def _filed(world: World) -> Callable[[Booking], datetime]:
    return lambda booking: world.table.filed.get(booking.booking_id, NEVER)


# ── nothing is lost ──────────────────────────────────────────────────────────────────────────────


def every_message_has_its_fate(world: World) -> Broken:
    """But the day's word to the owner, where an alarm has told that its tick failed all its tries."""
    alarms = {on for _, on in _local_days(world, world.cloud.given_up)}
    for message in outbox(world):
        if message.state in (OutboxState.NEW, OutboxState.SENDING):
            on = world.salon.company.local(message.created_at).date()
            if message.purpose is Purpose.OWNER and on in alarms:
                continue
            yield f"{message.client_id}: {message.outbox_id} is still {message.state}"


def _local_days(world: World, ticks: Iterable[tuple[str, datetime]]) -> set[tuple[str, date]]:
    return {(name, world.salon.company.local(at).date()) for name, at in ticks}


def what_is_said_to_have_arrived_arrived(world: World) -> Broken:
    """And what arrived is not said to have failed; of what was said once more, it is the second that may have."""
    arrived = {(got.message.client_id, got.message.outbox_id) for got in received(world)}
    lied = lied_of(world)
    for message in outbox(world):
        if message.reference in lied:
            continue
        came = (message.client_id, message.outbox_id) in arrived
        if message.state in ARRIVED and not came:
            yield f"{message.outbox_id} is {message.state}, and {message.client_id} has not got it"
        if message.state is OutboxState.FAILED and came and not message.repeated:
            yield f"{message.outbox_id} failed, and {message.client_id} has it"


def nothing_is_left_in_the_queues(world: World) -> Broken:
    for name, queue in world.cloud.queues.items():
        for message in (*queue.waiting, *queue.dead):
            yield f"{name}: {message.body}"


def every_stop_was_heard(world: World) -> Broken:
    """The plain ways to say it: a stop word, the messenger's own switch. Unless they came back later."""
    for person in world.people:
        if person.client_id == OWNER or not person.plainly_out:
            continue
        consents = world.table.client(COMPANY, person.client_id).consents
        last = person.plainly_out[-1] - SURE
        if not any(c.at >= last and not c.granted for c in consents):
            yield f"{person.client_id} said stop at {person.plainly_out[-1]}, and nothing is on file"


def what_the_messenger_said_last_of_us_holds(world: World) -> Broken:
    """In whatever order it was read. Templates are not asked for: refused messages tell of them, too."""
    told: dict[str, object] = {}
    for about, value in world.whatsapp.said_of_us:
        if about in SAID_OF_US:
            told[about] = SAID_OF_US[about][next(iter(value.values()))]
    account = world.table.accounts(COMPANY).get(ChannelKind.WHATSAPP)
    known = {QUALITY: account and account.quality, TIER: account and account.tier}
    for about, last in told.items():
        if known[about] != last:
            yield f"{about}: {known[about]} is known, {last} was said last"


# ── consent ──────────────────────────────────────────────────────────────────────────────────────


def the_last_plain_word_is_in_force(world: World) -> Broken:
    """However late it was read, and whatever was read before it. But where they said this and that in two minutes, and the
    messenger's webhooks came in another order: Telegram dates no press. One that it brings again hours later it numbers, beside
    its own words alone: a stop said elsewhere meanwhile may count as said before it. And a stop that was read after a yes may
    count as said after it: silence is the safe side."""
    for person in world.people:
        if person.client_id == OWNER or not person.plain_words:
            continue
        last = person.plain_words[-1]
        if any(last.at - w.at < DISORDER and w.granted != last.granted for w in person.plain_words):
            continue
        telegram = person.addresses.get(ChannelKind.TELEGRAM)
        elsewhere = not last.granted and last.said_in is not ChannelKind.TELEGRAM
        if elsewhere and telegram and telegram.value in world.webhooks.pressed_late:
            continue
        if not _in_force(last, world.table.client(COMPANY, person.client_id).consents, person):
            yield f"{person.client_id} said last: {last}"


def _in_force(last: PlainWord, consents: tuple[Consent, ...], person: Person) -> bool:
    if not last.granted:
        return not may_market(consents, last.channel) if last.channel else opted_out(consents)
    refused = any(not c.granted and c.at >= last.at - SURE for c in consents)
    perhaps_out = any(out > last.at for out in person.wanted_out)
    return refused or perhaps_out or not last.channel or may_market(consents, last.channel)


def no_marketing_after_a_stop(world: World) -> Broken:
    """A look that was taken before the stop was written may still send; one taken after it may not."""
    for at, invocation, message in world.brought:
        if message.purpose is not Purpose.MARKETING:
            continue
        known = world.table.consents_until(message.client_id, invocation.began)
        if not may_market(known, message.address.channel):
            yield f"{message.client_id} got {message.outbox_id} at {at} without a consent"


def nobody_is_opted_out_who_did_not_ask(world: World) -> Broken:
    """Whatever the model believes to have read."""
    for person in world.people:
        if person.client_id == OWNER or person.wanted_out:
            continue
        if opted_out(world.table.client(COMPANY, person.client_id).consents):
            yield f"{person.client_id} never asked to be left alone"


def nothing_untrue_is_said(world: World) -> Broken:
    for got in received(world):
        if got.message.purpose is Purpose.MARKETING and LIE in got.message.content.text:
            yield f"{got.message.client_id} reads {got.message.content.text!r}"


def free_text_only_within_the_window(world: World) -> Broken:
    """Marketing, that is: the messenger may refuse an answer that comes late."""
    for message, heard in world.whatsapp.outside_window:
        if message.purpose is Purpose.MARKETING and not _just_closed(message, heard):
            yield f"{message.outbox_id}: free text to {message.client_id}, last heard at {heard}"


def _just_closed(message: OutboxMessage, heard: datetime | None) -> bool:
    return heard is not None and message.created_at - heard < WHATSAPP_WINDOW + SURE


# ── limits ───────────────────────────────────────────────────────────────────────────────────────


def within_the_sending_window(world: World) -> Broken:
    """On the clock of whoever is written to; what was handed over within it may take as long as the queue allows."""
    company = world.salon.company
    for at, _, message in world.brought:
        if message.purpose is not Purpose.MARKETING:
            continue
        client = world.table.client(COMPANY, message.client_id).client
        zone = client_zone(client, company)
        opened = (at + SURE).astimezone(zone)
        closed = (at - QUEUED - SURE).astimezone(zone)
        window = company.sending
        if opened.time() < window.start or closed.time() >= window.end:
            yield f"{message.client_id} is written to at {at.astimezone(zone)}"
        elif opened.weekday() not in window.days:
            yield f"{message.client_id} is written to on {opened:%A}"


def minutes_keep_their_distance(world: World) -> Broken:
    """Of one account: the gap between two, so many an hour, so many a day; and the owner's own limit over all."""
    company, cold = world.salon.company, LEVELS[-1]
    by_channel: dict[ChannelKind, list[datetime]] = defaultdict(list)
    by_day: Counter[object] = Counter()
    for _, attempt in attempts(world):
        if attempt.reserved_for and attempt.address:
            by_channel[attempt.address.channel].append(attempt.reserved_for)
            by_day[company.local(attempt.reserved_for).date()] += 1
    for channel, taken in by_channel.items():
        moments = sorted(taken)
        for first, second in pairwise(moments):
            if second - first < cold.gap:
                yield f"{channel}: {first} and {second} are too near each other"
        for first, last in zip(moments, moments[cold.per_hour :], strict=False):
            if last - first < timedelta(hours=1):
                yield f"{channel}: more than {cold.per_hour} in the hour from {first}"
    for on, n in by_day.items():
        most = company.daily_limit or cold.per_day * len(company.channels)
        if n > most:
            yield f"{n} minutes taken on {on}, with a limit of {most}"


def nobody_is_written_to_too_often(world: World) -> Broken:
    """But for what a messenger said had failed."""
    company, lied = world.salon.company, lied_of(world)
    for person in world.people:
        moments = [
            got.at
            for got in person.inbox
            if got.message.purpose is Purpose.MARKETING and got.message.reference not in lied
        ]
        for days, most in ((7, company.week_cap), (30, company.month_cap)):
            for first, last in zip(moments, moments[most:], strict=False):
                if last - first < timedelta(days=days) - QUEUED - SURE:
                    yield f"{person.client_id} got more than {most} in {days} days from {first}"


def nobody_is_interrupted(world: World) -> Broken:
    """A journey's further messages are not handed over amid what the client is saying, as far as it has been heard."""
    for journey in journeys(world):
        for attempt in journey.attempts[1:]:
            if attempt.sent_at is None:
                continue
            heard = world.table.words_until(journey.client_id, attempt.sent_at - SURE)
            if any(abs(attempt.sent_at - at) < TALK - SURE for at in heard):
                yield f"{journey.client_id} is written to at {attempt.sent_at}, amid a talk"


# ── the book ─────────────────────────────────────────────────────────────────────────────────────


def a_time_is_sold_once(world: World) -> Broken:
    """In the book, and on our clients' files."""
    sold = world.sold()
    for n, (name, slot) in enumerate(sold):
        for other, second in sold[:n]:
            if slot.overlaps(second):
                yield f"{name} and {other} overlap"
    told = Counter(
        (visit.staff_id, visit.starts_at)
        for file in files(world)
        for visit in file.visits
        if visit.source == OURS and visit.status is not VisitStatus.CANCELLED
    )
    yield from (f"{who} at {at} is on {n} files" for (who, at), n in told.items() if n > 1)


def what_we_booked_is_on_file(world: World) -> Broken:
    """And nobody is told of what was never booked. But where what they said lay in the dead letters until that time had passed:
    that is told by an alarm."""
    buried = " ".join(message.body for message in world.cloud.queues[INBOUND].buried)
    told = {
        v.visit_id: f.client.client_id for f in files(world) for v in f.visits if v.source == OURS
    }
    booked = {booking.booking_id: booking.client_id for booking in world.booked_by_us()}
    for name in sorted({*told, *booked}):
        if told.get(name) != booked.get(name) and not _named(world, booked.get(name), buried):
            yield f"{name} is booked for {booked.get(name)}, and on the file of {told.get(name)}"


def _named(world: World, client_id: str | None, bodies: str) -> bool:
    people = (person for person in world.people if person.client_id == client_id)
    return any(address.value in bodies for p in people for address in p.addresses.values())


# ── journeys ─────────────────────────────────────────────────────────────────────────────────────


def every_journey_ends(world: World) -> Broken:
    for execution in world.cloud.journeys.executions.values():
        if execution.status != "SUCCEEDED":
            told = f"{execution.status} {execution.error}".strip()
            yield f"{execution.name} is {told} in {execution.state}"
    for journey in journeys(world):
        if journey.state is not JourneyState.FINISHED:
            yield f"{journey.journey_id} is {journey.state}"
        elif journey.finished_at and journey.finished_at - journey.started_at > LONGEST:
            yield f"{journey.journey_id} took {journey.finished_at - journey.started_at}"


def every_client_is_free_again(world: World) -> Broken:
    for file in files(world):
        if file.active_journey_id:
            yield f"{file.client.client_id} is held by {file.active_journey_id}"


def every_start_became_a_journey(world: World) -> Broken:
    """Or is on file as skipped: nobody drops out unseen."""
    known = {journey.journey_id for journey in journeys(world)}
    started = {e.data["journey_id"] for e in world.cloud.journeys.executions.values()}
    yield from (f"{name} was started, and is nowhere" for name in sorted(started - known))


# ── ledgers ──────────────────────────────────────────────────────────────────────────────────────


def the_funnel_counts_what_journeys_say(world: World) -> Broken:
    """But on a day whose campaign was started at the second try, by a second tick, or never: who was due may not be any more,
    and a limit may have been raised between the two."""
    expected: Counter[tuple[date, str]] = Counter()
    for journey in journeys(world):
        expected[journey.campaign_on, Stage.DUE] += _noted(world, journey)
        expected.update((journey.campaign_on, stage.value) for stage in journey.counted)
        if journey.attempt.outcome is Outcome.SKIPPED and not journey.counted:
            expected[journey.campaign_on, Stage.SKIPPED] += 1
    for on, over in _over_the_limit(world):
        expected[on, Stage.SKIPPED] += over
        expected[on, Stage.DUE] += over
    told = {
        (day.on, stage): n
        for day in world.table.funnel(COMPANY, date.min, date.max)
        for stage, n in day.stages.items()
    }
    again = (*world.cloud.died, *world.cloud.twice)
    broken_off = {on for name, on in _local_days(world, again) if name == "Detect"}
    for place in sorted({*expected, *told}):
        if place[0] not in broken_off and expected[place] != told.get(place, 0):
            on, stage = place
            yield f"{on} {stage}: {told.get(place, 0)} counted, {expected[place]} on file"


def _noted(world: World, journey: Journey) -> bool:
    """A chairs' campaign is counted when its start is noted; the day may end before that, if every tick fails."""
    if journey.chair_on is None:
        return True
    proposal = world.table.proposal(COMPANY, journey.chair_on)
    return proposal is not None and proposal.state is ProposalState.STARTED


def _over_the_limit(world: World) -> Iterator[tuple[date, int]]:
    """Due, and left for another day before a journey began."""
    for changes in world.table.log:
        if any(isinstance(c, ch.EventSeen) and c.event_id.startswith("campaign.") for c in changes):
            counts = (c for c in changes if isinstance(c, ch.Count) and c.stage is Stage.SKIPPED)
            yield from ((count.on, count.n) for count in counts)


def signals_are_what_became_of_messages(world: World) -> Broken:
    told: Counter[Signal] = Counter()
    for changes in world.table.log:
        for change in changes:
            if isinstance(change, ch.CountSignal):
                told[change.signal] += change.n
    sent = [m for m in outbox(world) if m.purpose is Purpose.MARKETING]
    ours = [m for m in sent if m.error_code not in OUR_CODES]
    arrived = Counter(signal for m in sent for signal in ARRIVED_TELLS.get(m.state, ()))
    failed = Counter(REFUSED[m.refusal] for m in ours if m.refusal in REFUSED)
    for signal in (Signal.DELIVERED, Signal.READ):
        if told[signal] != arrived[signal]:
            yield f"{signal}: {told[signal]} counted, {arrived[signal]} messages"
    for signal in (Signal.UNDELIVERED, Signal.SPARED):
        if told[signal] != failed[signal]:
            yield f"{signal}: {told[signal]} counted, {failed[signal]} messages"
    least, most = arrived[Signal.SENT], arrived[Signal.SENT] + len(ours)
    if not least <= told[Signal.SENT] <= most:
        yield f"sent: {told[Signal.SENT]} counted, {least} to {most} messages"


def trials_are_settled_once(world: World) -> Broken:
    saved = [c.trial for log in world.table.log for c in log if isinstance(c, ch.SaveTrial)]
    settled = Counter(trial.trial_id for trial in saved if trial.returned is not None)
    first: dict[str, date] = {}
    for trial in saved:
        first[trial.client_id] = min(trial.on, first.get(trial.client_id, trial.on))
    for trial in {t.trial_id: t for t in saved}.values():
        if settled[trial.trial_id] != 1:
            yield f"trial of {trial.client_id} on {trial.on}: settled {settled[trial.trial_id]} times"
    tried = sum(tally.tried for tally in world.table.arms(COMPANY).get(TRIALS, {}).values())
    if tried != len(first):
        yield f"{tried} clients are counted in the trial, {len(first)} were drawn"


def an_attempt_teaches_once(world: World) -> Broken:
    taught: Counter[str] = Counter()
    for changes in world.table.log:
        styles = [c for c in changes if isinstance(c, ch.CountArm) and c.dimension == STYLE]
        if any(c.tried for c in styles):
            taught.update(outbox_id(c.journey) for c in changes if isinstance(c, ch.SaveJourney))
    yield from (f"{name} taught {n} times" for name, n in taught.items() if n > 1)


INVARIANTS: tuple[Invariant, ...] = (
    nobody_gets_a_message_twice,
    an_attempt_arrives_once,
    an_event_has_its_effect_once,
    one_answer_for_one_thing_said,
    a_journey_books_nothing_beside_its_booking,
    a_button_keeps_its_meaning,
    every_message_has_its_fate,
    what_is_said_to_have_arrived_arrived,
    nothing_is_left_in_the_queues,
    every_stop_was_heard,
    what_the_messenger_said_last_of_us_holds,
    the_last_plain_word_is_in_force,
    no_marketing_after_a_stop,
    nobody_is_opted_out_who_did_not_ask,
    nothing_untrue_is_said,
    free_text_only_within_the_window,
    within_the_sending_window,
    minutes_keep_their_distance,
    nobody_is_written_to_too_often,
    nobody_is_interrupted,
    a_time_is_sold_once,
    what_we_booked_is_on_file,
    every_journey_ends,
    every_client_is_free_again,
    every_start_became_a_journey,
    the_funnel_counts_what_journeys_say,
    signals_are_what_became_of_messages,
    trials_are_settled_once,
    an_attempt_teaches_once,
)
