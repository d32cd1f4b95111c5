"""Whatever call a use case dies at, what the platform delivers again ends as if nothing had happened.

Each point is tried twice: delivered again at once, and once a claim is long over.
"""

from collections import Counter
from collections.abc import Mapping
from functools import cache

import pytest
from comeback.conversations.doubt import SAID_ONCE_MORE, TELLS_BY_STATUS
from comeback.conversations.model import OutboxMessage, OutboxState
from comeback.errors import UnknownOutcome

from tests.crashes.every import SCENARIOS, every_point
from tests.crashes.picture import differences
from tests.crashes.points import AT_ONCE, LATER, Point, Run, Scenario, points

POINTS = every_point()


@cache
def _uncrashed(scenario: Scenario) -> Run:
    return Run(scenario, scenario.world()).deliver()


@cache
def _answer_lost(scenario: Scenario, nth: int, *, instead: bool) -> Run:
    """Delivered without a crash, but the messenger's answer to the `nth` delivery (from 0) never came: `instead` of what the
    scenario lets it answer there, or before that."""
    world = scenario.world()
    problems = world.messenger(_claimable(world.messages()).address.channel).problems
    problems[nth : nth + instead] = [UnknownOutcome("lost")]
    return Run(scenario, world).deliver()


def _claimable(messages: list[OutboxMessage]) -> OutboxMessage:
    (found,) = (m for m in messages if m.state is OutboxState.NEW)
    return found


def _crashed(point: Point, *, later: bool) -> Run:
    run = Run(point.scenario, point.scenario.world(), point.at, LATER if later else AT_ONCE)
    run.deliver()
    assert run.crashed, "the point was not reached: a run is not the same twice"
    return run


@pytest.mark.fault("a crash before or after any call of any port", "as if there had been none")
@pytest.mark.parametrize("point", POINTS, ids=[point.name for point in POINTS])
def test_a_crash_here_leaves_no_trace(point: Point) -> None:
    for later in (False, True):
        run = _crashed(point, later=later)
        found = _uncertain(run) if run.claimed else _undone(run)
        when = "later" if later else "at once"
        assert "\n".join(found) == "", f"delivered again {when}"


def _undone(run: Run) -> list[str]:
    expected = _uncrashed(run.scenario)
    assert _status(run.answer) == _status(expected.answer)
    return _differences(expected, run)


def _differences(expected: Run, run: Run) -> list[str]:
    scenario = run.scenario
    return differences(
        expected.world,
        run.world,
        tokens_anew=scenario.fresh_token,
        tries_logged=scenario.logs_each_try,
    )


def _status(answer: object) -> object:
    """Of a step; the seconds it asks to wait for are the clock's."""
    return answer["status"] if isinstance(answer, Mapping) else answer


def _uncertain(run: Run) -> list[str]:
    """The one legal difference. A crash between a message's claim and the note of what came of the call leaves nobody who
    knows whether it left. All is then as when the messenger's answer was lost (the rules of `conversations.doubt`), whether it
    left or not: marketing stays UNCERTAIN and leaves at most once; an answer, or a word to the owner, once more at most."""
    message = _claimable(run.scenario.world().messages())
    left = Counter(_left(run))[message.client_id, message.outbox_id]
    repeated = SAID_ONCE_MORE[message.purpose] and message.address.channel not in TELLS_BY_STATUS
    assert left <= (2 if repeated else 1)
    called = run.calls_sent > run.deliveries
    lost = _differences(_answer_lost(run.scenario, run.deliveries, instead=called), run)
    return [found for found in lost if not found.startswith("['sent'")]


def _left(run: Run) -> list[tuple[str, str]]:
    world = run.world
    return [(m.client_id, m.outbox_id) for m in (*world.telegram.sent, *world.whatsapp.sent)]


# ── the rule of doubt, point by point ────────────────────────────────────────────────────────────


def _points_of(name: str) -> list[Point]:
    (scenario,) = (s for s in SCENARIOS if (s.use_case, s.name) == ("deliver", name))
    return points(scenario)


@pytest.mark.fault("a crash around the messenger's call", "UNCERTAIN; marketing never sent twice")
def test_only_between_claim_and_note_is_a_message_in_doubt() -> None:
    found = _points_of("telegram")
    names = [point.name.removeprefix("deliver-telegram-") for point in found]
    runs = dict(zip(names, (_crashed(point, later=True) for point in found), strict=True))
    doubtful = names[names.index("after-Store.commit-1") : names.index("after-Store.commit-2")]
    assert [name for name, run in runs.items() if run.claimed] == doubtful
    unsent = ["after-Store.commit-1", "before-Channel.send-1"]
    assert [name for name, run in runs.items() if not _left(run)] == unsent
    for name, run in runs.items():
        (message,) = run.world.messages()
        in_doubt = message.state is OutboxState.UNCERTAIN
        assert in_doubt == (name in doubtful)
        assert len(_left(run)) <= 1


def test_what_somebody_waits_for_is_said_once_more_and_then_never_again() -> None:
    for point in _points_of("answer"):
        run = _crashed(point, later=True)
        left = len(_left(run))
        assert left in ((1, 2) if run.claimed else (1,))
        run.world.clock.advance(hours=1)
        run.world.drain()
        assert len(_left(run)) == left
