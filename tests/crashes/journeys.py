"""Scenarios of the state machine: each step in each of its ways, as Step Functions runs and repeats it.

Long on purpose: a step's ways stand beside each other.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from comeback.bookings.model import Slot
from comeback.changes import SaveClient, SaveConsent, SaveIncident, SaveVisit
from comeback.clients.model import Consent, Visit, VisitStatus
from comeback.companies.model import EmptyChairs
from comeback.conversations.model import ChannelKind, Incident, Purpose
from comeback.errors import Undeliverable
from comeback.reactivation.holdout import in_holdout
from comeback.reactivation.model import Outcome
from comeback.reactivation.naming import CHAIRS
from comeback.reactivation.scene import JourneyRef

from tests.crashes.points import Act, Scenario
from tests.crashes.world import CHAT, PHONE, TOMORROW, World

Prepare = Callable[[World], None]


def anna(world: World, **company: object) -> JourneyRef:
    """One client is due, and the campaign has begun."""
    world.open(**company)
    world.know("anna", CHAT)
    return world.campaign()[0]


def both_channels(world: World) -> JourneyRef:
    """WhatsApp first, then Telegram."""
    world.open(channels=(ChannelKind.WHATSAPP, ChannelKind.TELEGRAM))
    world.know("anna", PHONE, CHAT)
    return world.campaign()[0]


def before(step: str) -> Prepare:
    def prepare(world: World) -> None:
        world.until(anna(world), step)

    return prepare


def only(world: World) -> JourneyRef:
    """The one journey there is."""
    (found,) = (
        [
            JourneyRef("salon", j.client_id, j.service_id, j.journey_id, j.campaign_on, j.why)
            for client_id in world.store.clients("salon")
            for j in world.store.client("salon", client_id).journeys
        ]
        or world.refs()
        or world.refs(CHAIRS)
    )
    return found


def run_step() -> Act:
    return lambda step, world: step.run(only(world))


def opts_out(world: World) -> None:
    no = Consent(Purpose.MARKETING, False, world.clock.now(), "test", "v1")
    world.store.commit([SaveConsent("salon", "anna", no)])


def books_elsewhere(world: World) -> None:
    soon = world.clock.now() + timedelta(days=2)
    visit = Visit("other", "cut", "ira", soon, VisitStatus.BOOKED)
    world.store.commit([SaveVisit("salon", "anna", visit)])


def telegram_stops_us(world: World) -> None:
    stop = Incident("restricted", world.clock.now())
    world.store.commit([SaveIncident("salon", ChannelKind.TELEGRAM, stop)])


def then(*moves: Callable[[World], object]) -> Prepare:
    def prepare(world: World) -> None:
        for move in moves:
            move(world)

    return prepare


# ── ends of an attempt, for Track ────────────────────────────────────────────────────────────────


def ended(outcome: str) -> Prepare:
    """Sent, and answered so."""

    def prepare(world: World) -> None:
        ref = anna(world)
        world.sent(ref)
        if outcome == "silence":
            passes(world, days=8)
            world.use("expire").tick()
        else:
            world.hears(
                world.says(outcome if ":" not in outcome else "", button_of(world, outcome))
            )

    return prepare


def button_of(world: World, named: str) -> str:
    return f"slot:{only(world).journey_id}:1:1" if named == "slot:" else ""


def passes(world: World, **passed: float) -> None:
    world.clock.advance(**passed)


def tracked(world: World) -> None:
    world.use("track").run(only(world), world.outcome)


def tracks(step: object, world: World) -> object:
    return step.run(only(world), world.outcome)  # type: ignore[attr-defined]  # Track


def undeliverable(world: World) -> None:
    """WhatsApp has no such number; Telegram is left."""
    ref = both_channels(world)
    world.whatsapp.problems.append(Undeliverable("no", code="131026"))
    world.sent(ref)


def silent_to_the_last(world: World) -> None:
    """Two attempts brought nothing; the third has just met with silence."""
    ended("silence")(world)
    for _ in range(2):
        answer = world.use("track").run(only(world), world.outcome)
        passes(world, seconds=answer["wait_seconds"] + 1)
        world.sent(only(world))
        passes(world, days=8)
        world.use("expire").tick()


def failed_early(world: World) -> None:
    """Generate gave up: the machine goes to Track with no token told."""
    before("generate")(world)
    world.orchestrator.finish_wait(world.fresh_token(), Outcome.FAILED)


def rested(world: World) -> None:
    """The rest after silence is over."""
    ended("silence")(world)
    answer = world.use("track").run(only(world), world.outcome)
    passes(world, seconds=answer["wait_seconds"])


def answered_while_resting(world: World) -> None:
    ended("silence")(world)
    tracked(world)
    world.hears(world.says("No, thanks"))


# ── an empty chair ───────────────────────────────────────────────────────────────────────────────


def chair(world: World) -> None:
    """Asked about by itself (`auto`), and begun."""
    world.open(empty_chairs=EmptyChairs.AUTO)
    world.know("anna", CHAT, days_ago=21)
    passes(world, hours=5)
    for _ in range(2):
        world.use("empty_chairs").tick()
        world.drain()


def chair_until(step: str) -> Prepare:
    def prepare(world: World) -> None:
        chair(world)
        (ref,) = world.refs(CHAIRS)
        assert ref.campaign_on == TOMORROW - timedelta(days=1)
        world.until(ref, step)

    return prepare


def sells_out(world: World) -> None:
    """Somebody else holds all the time there is."""
    crm = world.crms.crm(world.company)
    free = crm.free_slots("cut", (), world.clock.now(), 30)
    until = world.clock.now() + timedelta(days=30)
    world.book.lease("salon", free, "somebody", until, world.clock.now())


def loses_a_slot(world: World) -> None:
    slot: Slot = world.journey(only(world)).attempt.slots[0]
    world.book.release("salon", [slot], only(world).journey_id)
    until = world.clock.now() + timedelta(days=1)
    world.book.lease("salon", [slot], "somebody", until, world.clock.now())


def window_opens(world: World) -> None:
    """The client wrote on WhatsApp a moment ago: free text may go there."""
    world.until(both_channels(world), "generate")


def prefers(world: World) -> None:
    client = world.store.client("salon", "anna").client
    world.store.commit([SaveClient(replace(client, preferred_staff_id="ira"))])


def forbidden(move: Callable[[World], None]) -> Prepare:
    return then(before("send"), move)


def no_consent(world: World) -> None:
    world.open()
    world.know("anna", CHAT)
    opts_out(world)
    world.campaign()


def held_out(world: World) -> None:
    world.open(holdout_percent=50)
    drawn = next(n for n in map("client{}".format, range(99)) if in_holdout("salon", n, 50))
    world.know(drawn, CHAT)
    world.campaign()


def day_is_full(world: World) -> None:
    before("reserve")(world)
    world.limits.stopped.add(ChannelKind.TELEGRAM)


def outcome_known(world: World) -> None:
    """Send ran, the client answered, and Step Functions, which never heard of either, tries again."""
    ref = anna(world)
    world.sent(ref)
    world.hears(world.says("No, thanks"))


_named: dict[str, dict[str, Prepare]] = {
    "analyse": {
        "opens": lambda w: (anna(w), None)[1],
        "no-consent": no_consent,
        "held-out": held_out,
        "booked-meanwhile": then(anna, books_elsewhere),
        "next-attempt": rested,
        "rest-not-over": then(ended("silence"), tracked),
        "answered-while-resting": answered_while_resting,
        "elsewhere": then(undeliverable, tracked, partial(passes, seconds=2)),
        "empty-chair": chair,
    },
    "reserve": {
        "takes-a-minute": before("reserve"),
        "day-is-full": day_is_full,
        "second-attempt": then(rested, lambda w: w.use("analyse").run(only(w))),
    },
    "find_slots": {
        "leases": before("find_slots"),
        "of-the-preferred": then(before("find_slots"), prefers),
        "sold-out": then(before("find_slots"), sells_out),
        "empty-chair": chair_until("find_slots"),
    },
    "generate": {
        "free-text": before("generate"),
        "template": window_opens,
    },
    "send": {
        "hands-over": before("send"),
        "opted-out": forbidden(opts_out),
        "booked-meanwhile": forbidden(books_elsewhere),
        "slot-lost": forbidden(loses_a_slot),
        "channel-closed": forbidden(telegram_stops_us),
        "after-hours": forbidden(partial(passes, hours=10)),
        "again-while-waiting": lambda w: (w.sent(anna(w)), None)[1],
        "answered-already": outcome_known,
        "empty-chair": chair_until("send"),
    },
    "track": {
        "booked": ended("slot:"),
        "declined": ended("No, thanks"),
        "opted-out": ended("STOP"),
        "away": ended("I am away until May 12"),
        "silence": ended("silence"),
        "max-attempts": silent_to_the_last,
        "undeliverable": undeliverable,
        "failed": failed_early,
        "resting-already": then(ended("silence"), tracked),
        "finished-already": then(ended("No, thanks"), tracked),
    },
}


def _act(use_case: str) -> Act:
    if use_case == "track":
        return tracks
    if use_case == "send":
        return lambda step, world: step.run(only(world), world.token)
    return run_step()


def _with_token(prepare: Prepare) -> Prepare:
    def prepared(world: World) -> None:
        prepare(world)
        world.fresh_token()

    return prepared


SCENARIOS = [
    Scenario(
        name,
        use_case,
        _with_token(prepare) if use_case == "send" else prepare,
        _act(use_case),
        fresh_token=use_case == "send",
    )
    for use_case, scenarios in _named.items()
    for name, prepare in scenarios.items()
]
