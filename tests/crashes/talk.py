"""Scenarios of the two message queues: what comes in, and what goes out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from comeback.changes import KeepQuiet, PutOutbox, SaveClient
from comeback.conversations import links
from comeback.conversations.model import (
    OWNER,
    AccountChanged,
    Address,
    ChannelKind,
    Content,
    DeliveryStatus,
    InboundEvent,
    MarketingResumed,
    MarketingStopped,
    MessageReceived,
    OutboxMessage,
    Purpose,
    Quality,
    StatusReceived,
)
from comeback.errors import ComebackError, RateLimited, Unavailable, Undeliverable, UnknownOutcome

from tests.crashes.journeys import (
    Prepare,
    anna,
    both_channels,
    chair_until,
    ended,
    only,
    opts_out,
    passes,
    telegram_stops_us,
    then,
    tracked,
)
from tests.crashes.outside import SECRETS, provider_id
from tests.crashes.points import Scenario
from tests.crashes.world import CHAT, OWNER_CHAT, PHONE, TOMORROW, World

STRANGER = Address(ChannelKind.WHATSAPP, "79995550000")
NUMBER = Address(ChannelKind.WHATSAPP, "100200300")
"""Our own account's."""
Event = Callable[[World], InboundEvent]


def offered(world: World) -> None:
    """Anna has the offer in Telegram, and is waited for."""
    world.sent(anna(world))


def offered_on_whatsapp(world: World) -> None:
    world.sent(both_channels(world))


def says(text: str = "", button: str = "", address: Address = CHAT) -> Event:
    """`{id}` stands for the journey's."""
    return lambda world: world.says(text, button.format(id=_journey_id(world)), address)


def _journey_id(world: World) -> str:
    known = list(world.store.clients("salon"))
    return only(world).journey_id if known and world.store.client("salon", "anna").journeys else ""


def starts(client_id: str, address: Address = CHAT) -> Event:
    made = links.payload("salon", client_id, SECRETS["telegram_webhook_secret"])
    return lambda world: MessageReceived(
        f"start.{client_id}", address, world.clock.now(), "/start", start_payload=made
    )


def status(kind: DeliveryStatus, code: str = "") -> Event:
    """Of the last message that left on WhatsApp."""

    def event(world: World) -> StatusReceived:
        sent, now = world.whatsapp.sent[-1], world.clock.now()
        name, known = f"status.{kind.value}.{code}", provider_id(sent)
        return StatusReceived(name, sent.address, now, kind, known, sent.outbox_id, code)

    return event


def of_account(**changed: object) -> Event:
    return lambda world: AccountChanged("account", NUMBER, world.clock.now(), **changed)  # type: ignore[arg-type]


def one_slot_is_gone(world: World) -> None:
    offered(world)
    slot = world.journey(only(world)).attempt.slots[0]
    now, until = world.clock.now(), world.clock.now() + timedelta(days=1)
    world.book.release("salon", [slot], only(world).journey_id)
    world.book.lease("salon", [slot], "somebody", until, now)


def knows_nobody(world: World) -> None:
    world.open()


def knows_anna(world: World) -> None:
    world.open()
    world.know("anna", PHONE)


def lost_on_whatsapp(world: World) -> None:
    """The messenger's answer never came: the message is uncertain."""
    ref = both_channels(world)
    world.whatsapp.problems.append(UnknownOutcome("no answer"))
    world.until(ref, "send")
    world.use("send").run(ref, world.fresh_token())
    world.drain()
    (message,) = world.messages()
    world.whatsapp.sent.append(message)


def owner_is_asked(world: World) -> None:
    world.open()
    world.know("anna", CHAT, days_ago=21)
    passes(world, hours=5)
    world.use("empty_chairs").tick()
    world.drain()


def doubted(world: World) -> None:
    offered_on_whatsapp(world)
    client = world.store.client("salon", "anna").client
    doubt = replace(client, doubtful=(ChannelKind.WHATSAPP,))
    world.store.commit([SaveClient(doubt)])


_heard: dict[str, tuple[Prepare, Event]] = {
    "yes-to-a-slot": (offered, says(button="slot:{id}:1:1")),
    "yes-in-words": (offered, says("yes")),
    "slot-just-taken": (one_slot_is_gone, says(button="slot:{id}:1:1")),
    "late-yes-after-silence": (then(ended("silence"), tracked), says(button="slot:{id}:1:2")),
    "other-time": (offered, says(button="other:{id}")),
    "other-day": (offered, says("Can I come on Friday evening?")),
    "other-master": (offered, says("I would like another master")),
    "master-by-name": (offered, says("I want to see Ira")),
    "other-service": (offered, says("Do you have a manicure instead?")),
    "declined": (offered, says("No, thanks")),
    "away": (offered, says("I am away until May 12")),
    "already-booked": (offered, says("I have already booked")),
    "unclear": (offered, says("What does it cost?")),
    "stop-word": (offered, says("STOP")),
    "stop-button": (offered, says(button="stop:{id}")),
    "stop-between-the-lines": (offered, says("please stop sending me these messages")),
    "perhaps-stop": (offered, says("enough, no more of it, I have had my fill of messages")),
    "thanks-after-booking": (ended("slot:"), says("thanks!")),
    "blocked-the-bot": (
        offered,
        lambda w: MarketingStopped("blocked", CHAT, w.clock.now(), "telegram_block"),
    ),
    "resumed": (
        then(offered, opts_out),
        lambda w: MarketingResumed("resumed", CHAT, w.clock.now(), "whatsapp_resume"),
    ),
    "stranger": (knows_nobody, says("Hello, do you cut hair?", address=STRANGER)),
    "stranger-says-stop": (knows_nobody, says("STOP", address=STRANGER)),
    "starts-by-link": (knows_anna, starts("anna")),
    "starts-from-nowhere": (knows_nobody, says("/start")),
    "agrees": (then(knows_anna, lambda w: w.hears(starts("anna")(w))), says(button="consent:yes")),
    "disagrees": (
        then(knows_anna, lambda w: w.hears(starts("anna")(w))),
        says(button="consent:no"),
    ),
    "sent": (offered_on_whatsapp, status(DeliveryStatus.SENT)),
    "delivered": (offered_on_whatsapp, status(DeliveryStatus.DELIVERED)),
    "delivered-takes-doubt-away": (doubted, status(DeliveryStatus.DELIVERED)),
    "read": (offered_on_whatsapp, status(DeliveryStatus.READ)),
    "uncertain-settled": (lost_on_whatsapp, status(DeliveryStatus.DELIVERED)),
    "uncertain-failed": (lost_on_whatsapp, status(DeliveryStatus.FAILED, "131026")),
    "failed-undeliverable": (offered_on_whatsapp, status(DeliveryStatus.FAILED, "131026")),
    "failed-opted-out": (offered_on_whatsapp, status(DeliveryStatus.FAILED, "131050")),
    "failed-template-paused": (offered_on_whatsapp, status(DeliveryStatus.FAILED, "132015")),
    "failed-account-stopped": (offered_on_whatsapp, status(DeliveryStatus.FAILED, "131031")),
    "account-stopped": (offered_on_whatsapp, of_account(stopped="DISABLED")),
    "account-rated": (offered_on_whatsapp, of_account(quality=Quality.RED, tier=250)),
    "owner-connects": (knows_nobody, starts(OWNER, OWNER_CHAT)),
    "owner-resumes": (
        then(offered, telegram_stops_us),
        says(button="owner:resume:telegram", address=OWNER_CHAT),
    ),
    "owner-agrees": (
        owner_is_asked,
        says(button=f"owner:chairs:{TOMORROW}:yes", address=OWNER_CHAT),
    ),
    "owner-declines": (
        owner_is_asked,
        says(button=f"owner:chairs:{TOMORROW}:no", address=OWNER_CHAT),
    ),
    "somebody-presses-the-owners-button": (offered, says(button="owner:resume:telegram")),
    "empty-chair-taken": (
        lambda w: (chair_until("send")(w), w.sent(only(w)))[0],
        says(button="slot:{id}:1:1"),
    ),
}


def _comes(prepare: Prepare, event: Event) -> Prepare:
    def prepared(world: World) -> None:
        prepare(world)
        world.input = event(world)

    return prepared


def _hears(receive: Any, world: World) -> None:
    receive.receive("salon", world.input)


# ── what goes out ────────────────────────────────────────────────────────────────────────────────


def on_its_way(ref_of: Callable[[World], object] = anna, *problems: ComebackError) -> Prepare:
    """The journey's message is in the queue; the messenger will answer so."""

    def prepare(world: World) -> None:
        ref = ref_of(world)
        world.until(ref, "send")  # type: ignore[arg-type]  # a JourneyRef
        world.use("send").run(ref, world.fresh_token())
        (message,) = world.messages()
        world.messenger(message.address.channel).problems.extend(problems)

    return prepare


def written(purpose: Purpose, client_id: str, address: Address) -> Prepare:
    """A message of no journey."""

    def prepare(world: World) -> None:
        anna(world)
        content = Content("Hello", picture=b"png" if purpose is Purpose.OWNER else b"")
        message = OutboxMessage(
            "salon", client_id, "word", address, content, purpose, world.clock.now()
        )
        world.store.commit([PutOutbox(message)])
        world.queue.enqueue("salon", client_id, "word")

    return prepare


def refused(code: str, ref_of: Callable[[World], object] = both_channels) -> Prepare:
    return on_its_way(ref_of, Undeliverable("no", code=code))


def wants_quiet(world: World) -> None:
    """Another message of the bot was told to wait."""
    until = world.clock.now() + timedelta(minutes=5)
    world.store.commit([KeepQuiet("salon", CHAT.channel, until)])


def connected_to_nothing(world: World) -> None:
    on_its_way()(world)
    world.channels._channels.clear()


_sent: dict[str, Prepare] = {
    "telegram": on_its_way(),
    "whatsapp-template": on_its_way(both_channels),
    "answer": written(Purpose.SERVICE, "anna", CHAT),
    "owners-report": written(Purpose.OWNER, OWNER, OWNER_CHAT),
    "answer-lost-to-the-answer": then(
        written(Purpose.SERVICE, "anna", CHAT),
        lambda w: w.telegram.problems.append(UnknownOutcome("no answer")),
    ),
    "no-answer-from-the-messenger": on_its_way(anna, UnknownOutcome("no answer")),
    "throttled": on_its_way(anna, RateLimited("slower", retry_after=7)),
    "wants-quiet": then(on_its_way(), wants_quiet),
    "messenger-down": on_its_way(anna, Unavailable("down")),
    "refused-nobody": refused("131026"),
    "refused-blocked": refused("403", anna),
    "refused-opted-out": refused("131050"),
    "refused-not-now": refused("131049"),
    "refused-template": refused("132015"),
    "refused-account-stopped": refused("131031"),
    "opted-out-meanwhile": then(on_its_way(), opts_out),
    "account-stopped-meanwhile": then(on_its_way(), lambda w: w.limits.stopped.add(CHAT.channel)),
    "hours-late": then(on_its_way(), lambda w: passes(w, hours=2)),
    "not-connected": connected_to_nothing,
}


def _delivers(deliver: Any, world: World) -> None:
    deliver.handle(world.input)


def _waiting(prepare: Prepare) -> Prepare:
    """The queue's record."""

    def prepared(world: World) -> None:
        prepare(world)
        company_id, client_id, outbox_id = world.take_off()
        world.input = {"company_id": company_id, "client_id": client_id, "outbox_id": outbox_id}

    return prepared


SCENARIOS = [
    *(Scenario(n, "receive", _comes(first, e), _hears) for n, (first, e) in _heard.items()),
    *(Scenario(n, "deliver", _waiting(first), _delivers) for n, first in _sent.items()),
]
