"""Scenarios of a person at the wheel: each call of the API is delivered again by whoever pressed the button again."""

from collections.abc import Callable

from comeback.conversations.model import ChannelKind
from comeback.errors import Undeliverable

from tests.crashes import journeys
from tests.crashes.journeys import anna, only, telegram_stops_us, then
from tests.crashes.points import Scenario
from tests.crashes.world import CHAT, World

WHO = "user-1"
Prepare = Callable[[World], object]


def due(world: World) -> None:
    """Anna is due, and nothing has begun."""
    world.open()
    world.know("anna", CHAT)


def sent(world: World) -> None:
    world.sent(anna(world))


def handed_over(world: World) -> None:
    """Her message lies in the queue."""
    ref = anna(world)
    world.until(ref, "send")
    world.use("send").run(ref, world.fresh_token())
    world.take_off()


def failed(world: World) -> None:
    ref = anna(world)
    world.telegram.problems.append(Undeliverable("no", code="bad"))
    world.sent(ref)
    world.use("track").run(ref, world.outcome)


def taken(world: World) -> None:
    sent(world)
    world.use("by_hand").take("salon", "anna", WHO)
    world.hears(world.says("May I bring my dog?"))


def begins(manual: object, world: World) -> object:
    return manual.start("salon", "anna", "cut", key="k", user_id=WHO, force=True)  # type: ignore[attr-defined]  # ManualCampaign


def tries_again(manual: object, world: World) -> object:
    return manual.again("salon", "anna", only(world).journey_id, user_id=WHO)  # type: ignore[attr-defined]  # ManualCampaign


def cancels(cancel: object, world: World) -> object:
    return cancel.run("salon", "anna", only(world).journey_id, WHO).completion  # type: ignore[attr-defined]  # CancelJourney


def pauses(pause: object, world: World) -> object:
    return pause.run("salon", WHO, paused=True).enabled  # type: ignore[attr-defined]  # Pause


def goes_on(resume: object, world: World) -> None:
    resume.run("salon", ChannelKind.TELEGRAM, WHO)  # type: ignore[attr-defined]  # ResumeAccount


def takes_over(by_hand: object, world: World) -> None:
    by_hand.take("salon", "anna", WHO)  # type: ignore[attr-defined]  # ByHand


def releases(by_hand: object, world: World) -> None:
    by_hand.release("salon", "anna", WHO)  # type: ignore[attr-defined]  # ByHand


def writes(by_hand: object, world: World) -> None:
    by_hand.write("salon", "anna", "Sure!", message_id="m", user_id=WHO)  # type: ignore[attr-defined]  # ByHand


def rehearses(dry_run: object, world: World) -> object:
    told = dry_run.campaign("salon", by_model=True)  # type: ignore[attr-defined]  # DryRun
    return [preview.skipped for preview in told.previews]


_named: dict[tuple[str, str], tuple[Prepare, Callable[[object, World], object]]] = {
    ("manual_campaign", "by-name"): (due, begins),
    ("manual_campaign", "again"): (failed, tries_again),
    ("cancel_journey", "waiting"): (sent, cancels),
    ("cancel_journey", "not-sent"): (handed_over, cancels),
    ("cancel_journey", "reserved"): (journeys.before("find_slots"), cancels),
    ("pause", "pauses"): (due, pauses),
    ("resume_account", "stopped"): (then(sent, telegram_stops_us), goes_on),
    ("by_hand", "takes-over"): (sent, takes_over),
    ("by_hand", "releases"): (taken, releases),
    ("by_hand", "writes"): (taken, writes),
    ("dry_run", "campaign"): (due, rehearses),
    ("receive", "heard-by-a-person"): (
        taken,
        lambda receive, world: receive.receive("salon", world.input),  # type: ignore[attr-defined]  # Receive
    ),
    ("receive", "calls-a-person"): (
        sent,
        lambda receive, world: receive.receive("salon", world.input),  # type: ignore[attr-defined]  # Receive
    ),
}


def _with_words(prepare: Prepare) -> Callable[[World], None]:
    def prepared(world: World) -> None:
        prepare(world)
        world.clock.advance(minutes=1)
        world.input = world.says("Is there parking near you?")

    return prepared


SCENARIOS = [
    Scenario(
        name,
        use_case,
        _with_words(prepare) if use_case == "receive" else then(prepare),
        act,
    )
    for (use_case, name), (prepare, act) in _named.items()
]
