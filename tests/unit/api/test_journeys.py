"""The day, who is due, the sandbox, journeys and talks, as the API answers them."""

import importlib
from datetime import timedelta
from typing import Any

import pytest
from comeback.changes import Audited, SaveIncident
from comeback.conversations.model import ChannelKind, Incident, OutboxState
from comeback.errors import Undeliverable, UnknownOutcome
from comeback.reactivation.model import Completion, JourneyState, Outcome, SkipReason
from comeback.reactivation.refused import REFUSED

from tests.crashes.world import CHAT, ON, World
from tests.unit.api.conftest import Answer, Api


class Served(World):
    """A salon whose API is asked."""

    api: Api

    def serve(self) -> "Served":
        self.api = Api(importlib.import_module("api.admin.app").handler, self.store)
        return self

    def ask(self, method: str, path: str, body: Any = None, **given: Any) -> Answer:
        headers = {"idempotency-key": given.pop("key")} if "key" in given else {}
        with self._instead_of_adapters():
            return self.api.call(method, path, body, headers=headers, **given)

    def get(self, path: str, **query: str) -> Any:
        status, body = self.ask("GET", path, **query)
        assert status == 200, body
        return body

    def audited(self) -> list[tuple[str, str]]:
        changes = [change for commit in self.store.commits for change in commit]
        return [(c.operation, c.target) for c in changes if isinstance(c, Audited)]


@pytest.fixture
def salon(monkeypatch: pytest.MonkeyPatch) -> Served:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Comeback")
    world = Served().serve()
    world.open()
    world.know("anna", CHAT)
    return world


def sent(salon: Served) -> str:
    """The path of a journey whose message has left."""
    (ref,) = salon.campaign()
    salon.sent(ref)
    return f"journeys/anna/{ref.journey_id}"


# ── who is due ───────────────────────────────────────────────────────────────────────────────────


def test_who_is_due_comes_with_the_reason_and_its_parts(salon: Served) -> None:
    told = salon.get("due")
    (line,) = told["items"]
    assert (told["on"], told["total"], told["next"]) == (ON.isoformat(), 1, None)
    assert (line["client"], line["service"], line["days_since"]) == ("Anna", "Haircut", 60)
    assert line["reason"]
    parts = line["priority"]
    assert parts.pop("total") == pytest.approx(sum(parts.values()))


def test_pages_of_the_due_hold_everybody_once(salon: Served) -> None:
    for n in range(5):
        salon.know(f"client{n}")
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = salon.get("due", limit="2", **({"cursor": cursor} if cursor else {}))
        seen += [line["client_id"] for line in page["items"]]
        cursor = page["next"]
    assert sorted(seen) == ["anna", *(f"client{n}" for n in range(5))]


@pytest.mark.parametrize("path", ["due", "journeys"])
def test_a_cursor_that_is_none_of_ours_is_refused(salon: Served, path: str) -> None:
    status, body = salon.ask("GET", path, cursor="Q08jc2Fsb24y")
    assert (status, body["field"]) == (400, "cursor")


# ── the sandbox ──────────────────────────────────────────────────────────────────────────────────


def test_the_sandbox_tells_what_would_be_sent_and_writes_nothing(salon: Served) -> None:
    commits = len(salon.store.commits)
    status, told = salon.ask("POST", "sandbox", {}, role="viewer")
    (line,) = told["items"]
    assert (status, told["due"], line["client"], line["skipped"]) == (200, 1, "Anna", None)
    assert "Haircut" in line["attempt"]["text"]
    assert line["attempt"]["facts"]["days_since_visit"] == 60
    assert len(salon.store.commits) == commits
    assert salon.queue.enqueued == []


def test_a_viewer_may_not_spend(salon: Served) -> None:
    body = {"client_id": "anna", "service_id": "cut", "by_model": True}
    assert salon.ask("POST", "dry-run", body, role="viewer")[0] == 403
    assert salon.ask("POST", "sandbox", {"by_model": True}, role="viewer")[0] == 403


def test_one_clients_message(salon: Served) -> None:
    status, told = salon.ask("POST", "dry-run", {"client_id": "anna", "service_id": "cut"})
    assert (status, told["skipped"], len(told["attempt"]["slots"])) == (200, None, 3)


@pytest.mark.parametrize("path", ["dry-run", "journeys"])
@pytest.mark.parametrize("field", ["client_id", "service_id"])
@pytest.mark.parametrize("written", ["an\nna", "anna\n", "\x00", "cut\x85", ""])
def test_an_id_that_can_not_be_printed_is_refused_by_name(
    salon: Served, path: str, field: str, written: str
) -> None:
    body = {"client_id": "anna", "service_id": "cut", field: written}
    status, told = salon.ask("POST", path, body, key="k1")
    assert (status, told["field"]) == (400, field)


# ── journeys ─────────────────────────────────────────────────────────────────────────────────────


def test_a_journey_from_sending_to_booking(salon: Served) -> None:
    path = sent(salon)
    story = salon.get(path)
    assert [e["what"] for e in story["events"]] == ["started", "sent"]
    assert story["attempts"][0]["facts"]["service_title"] == "Haircut"
    assert story["attempts"][0]["message"] == "sent"
    salon.clock.advance(minutes=5)
    salon.hears(salon.says(button=f"slot:{story['line']['journey_id']}:1:1"))
    story = salon.get(path)
    assert {"answered", "booked", "replied"} <= {e["what"] for e in story["events"]}
    assert story["booking"]["at"] == story["attempts"][0]["slots"][0]["at"]
    assert story["line"]["response"] == "booked"


def test_journeys_are_listed_and_filtered(salon: Served) -> None:
    salon.know("bella")
    sent_path = sent_of(salon, "anna")
    (line,) = salon.get("journeys", state="waiting")["items"]
    assert f"journeys/{line['client_id']}/{line['journey_id']}" == sent_path
    assert (line["client"], line["channel"], line["may_cancel"]) == ("Anna", "telegram", True)
    assert salon.get("journeys", channel="whatsapp")["items"] == []
    assert salon.get("journeys", until=(ON - timedelta(days=1)).isoformat())["items"] == []
    (skipped,) = salon.get("journeys", completion="skipped")["items"]
    assert (skipped["client"], skipped["detail"]) == ("Anna", "no_channel")


def sent_of(salon: Served, client_id: str) -> str:
    for ref in salon.campaign():
        if ref.client_id != client_id:
            salon.use("analyse").run(ref)
        else:
            salon.sent(ref)
            path = f"journeys/{client_id}/{ref.journey_id}"
    return path


def test_pages_of_journeys_hold_each_once(salon: Served) -> None:
    for n in range(6):
        salon.know(f"client{n}")
    for ref in salon.campaign():
        salon.use("analyse").run(ref)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = salon.get("journeys", limit="3", **({"cursor": cursor} if cursor else {}))
        seen += [line["client_id"] for line in page["items"]]
        cursor = page["next"]
    assert sorted(seen) == ["anna", *(f"client{n}" for n in range(6))]


def test_asked_for_by_name_twice_with_one_key_is_one_journey(salon: Served) -> None:
    body = {"client_id": "anna", "service_id": "cut", "force": True}
    first, again = (salon.ask("POST", "journeys", body, key="k") for _ in range(2))
    assert first == again
    assert first[0] == 202
    (starts,) = salon.orchestrator.others.values()
    assert [s.journey_id for s in starts] == [first[1]["journey_id"]]
    assert salon.audited() == [("journeys.manual", first[1]["journey_id"])]
    (kind,) = (kind for _, _, kind in salon.orchestrator.others)
    (ref,) = salon.refs(kind)
    salon.sent(ref)
    assert salon.journey(ref).state is JourneyState.WAITING
    assert salon.ask("POST", "journeys", body, key="k") == first


def test_who_was_here_yesterday_is_written_to_by_force_alone(salon: Served) -> None:
    salon.know("bella", days_ago=1)
    body = {"client_id": "bella", "service_id": "cut"}
    status, told = salon.ask("POST", "journeys", body, key="k")
    assert (status, told["field"], told["problem"]) == (400, "client_id", "is not due")
    status, told = salon.ask("POST", "journeys", {**body, "force": True}, key="k")
    assert (status, told["problem"]) == (400, "has no messenger that we know")


def test_a_cancelled_journey_frees_client_and_slots(salon: Served) -> None:
    path = sent(salon)
    assert salon.book.held
    status, story = salon.ask("POST", f"{path}/cancel")
    assert (status, story["line"]["completion"]) == (200, "cancelled")
    assert salon.store.client("salon", "anna").active_journey_id == ""
    assert salon.outcome is Outcome.SKIPPED
    assert [held for day in salon.book.held.values() for held in day] == []
    assert salon.ask("POST", f"{path}/cancel")[0] == 200
    assert [o for o, _ in salon.audited()] == ["journeys.cancel"]


def test_a_message_that_has_not_left_stays_with_a_cancelled_journey(salon: Served) -> None:
    (ref,) = salon.campaign()
    salon.until(ref, "send")
    salon.use("send").run(ref, salon.fresh_token())
    salon.ask("POST", f"journeys/anna/{ref.journey_id}/cancel")
    salon.drain()
    assert salon.telegram.sent == []
    assert salon.messages()[0].state is OutboxState.FAILED


def test_what_is_over_can_not_be_cancelled(salon: Served) -> None:
    path = sent(salon)
    salon.hears(salon.says("No, thanks"))
    (ref,) = salon.refs()
    salon.use("track").run(ref, salon.outcome)
    assert salon.ask("POST", f"{path}/cancel")[0] == 400


def test_what_failed_is_tried_again_once(salon: Served) -> None:
    (ref,) = salon.campaign()
    salon.telegram.problems.append(Undeliverable("no", code="bad"))
    salon.sent(ref)
    salon.use("track").run(ref, salon.outcome)
    assert salon.journey(ref).completion is Completion.UNDELIVERABLE
    path = f"journeys/anna/{ref.journey_id}/retry"
    assert salon.get("journeys")["items"][0]["may_retry"]
    first, again = salon.ask("POST", path), salon.ask("POST", path)
    assert first == again
    assert (first[0], len(salon.orchestrator.others)) == (202, 1)


def test_what_goes_on_can_not_be_tried_again(salon: Served) -> None:
    assert salon.ask("POST", f"{sent(salon)}/retry")[0] == 400


# ── the day ──────────────────────────────────────────────────────────────────────────────────────


def test_the_day_as_it_stands(salon: Served) -> None:
    sent(salon)
    told = salon.get("today")
    assert (told["paused"], told["campaign_begun"], told["on"]) == (False, True, ON.isoformat())
    assert told["funnel"]["stages"]["contacted"] == 1
    assert told["needs"] == {"uncertain": [], "waiting": [], "stopped": []}


def test_pausing_stops_what_has_not_left_and_resuming_goes_on(salon: Served) -> None:
    assert salon.ask("POST", "pause")[1]["paused"]
    assert salon.ask("POST", "pause")[1]["paused"]
    assert salon.campaign() == []
    assert not salon.ask("POST", "resume")[1]["paused"]
    assert len(salon.campaign()) == 1
    assert [o for o, _ in salon.audited()] == ["today.pause", "today.resume"]


def test_a_stopped_account_goes_on_by_the_owners_word(salon: Served) -> None:
    sent(salon)
    stop = Incident("restricted", salon.clock.now())
    salon.store.commit([SaveIncident("salon", ChannelKind.TELEGRAM, stop)])
    assert salon.get("today")["needs"]["stopped"] == ["telegram"]
    assert salon.ask("POST", "accounts/telegram/reset", role="manager")[0] == 403
    told = salon.ask("POST", "accounts/telegram/reset")[1]
    assert (told["needs"]["stopped"], told["accounts"][0]["level"]) == ([], "cold")
    assert salon.ask("POST", "accounts/pigeon/reset")[0] == 404


def test_a_message_in_doubt_is_settled_by_whoever_looked(salon: Served) -> None:
    (ref,) = salon.campaign()
    salon.telegram.problems.append(UnknownOutcome("lost"))
    message = salon.sent(ref)
    assert salon.get("today")["needs"]["uncertain"] == []
    salon.clock.advance(hours=1)
    (told,) = salon.get("today")["needs"]["uncertain"]
    assert (told["client"], told["message_id"]) == ("Anna", message.outbox_id)
    path = f"uncertain/anna/{told['message_id']}/settle"
    answer = salon.ask("POST", path, {"arrived": True})[1]
    assert answer["needs"]["uncertain"] == []
    assert salon.messages()[0].state is OutboxState.DELIVERED


# ── a person answers ─────────────────────────────────────────────────────────────────────────────


def test_while_a_person_answers_the_bot_keeps_silent(salon: Served) -> None:
    path = sent(salon)
    status, talk = salon.ask("POST", "talks/anna/take-over")
    assert (status, talk["person"]["by_you"]) == (200, True)
    before = len(salon.telegram.sent)
    salon.hears(salon.says("Could I come with my dog?"))
    assert len(salon.telegram.sent) == before
    assert [h["text"] for h in salon.get("talks/anna")["heard"]] == ["Could I come with my dog?"]
    assert "heard" in [e["what"] for e in salon.get(path)["events"]]
    assert salon.get("today")["needs"]["waiting"][0]["by_you"]
    said = salon.ask("POST", "talks/anna/messages", {"text": "Sure, do!"}, key="k")
    assert said == salon.ask("POST", "talks/anna/messages", {"text": "Sure, do!"}, key="k")
    salon.drain()
    assert [m.content.text for m in salon.telegram.sent[before:]] == ["Sure, do!"]
    salon.ask("POST", "talks/anna/release")
    salon.hears(salon.says("No, thanks"))
    assert len(salon.telegram.sent) == before + 2


def test_a_stop_is_obeyed_while_a_person_answers(salon: Served) -> None:
    sent(salon)
    salon.ask("POST", "talks/anna/take-over")
    salon.hears(salon.says("STOP"))
    assert salon.outcome is Outcome.OPTED_OUT


def test_nothing_is_advertised_while_a_person_answers(salon: Served) -> None:
    salon.ask("POST", "talks/anna/take-over")
    (line,) = salon.ask("POST", "sandbox", {})[1]["items"]
    assert line["skipped"] == "taken_over"


def test_nobody_writes_by_hand_while_the_bot_answers(salon: Served) -> None:
    status, told = salon.ask("POST", "talks/anna/messages", {"text": "Hi"}, key="k")
    assert (status, told["field"]) == (400, "client_id")


def test_what_the_bot_can_not_answer_calls_a_person(salon: Served) -> None:
    sent(salon)
    salon.hears(salon.says("Is there parking near you?"))
    (waiting,) = salon.get("today")["needs"]["waiting"]
    assert (waiting["client"], waiting["taken_by"]) == ("Anna", "")
    heard = salon.get("talks/anna")["heard"]
    assert [h["text"] for h in heard] == ["Is there parking near you?"]


# ── roles ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("pause", None),
        ("resume", None),
        ("accounts/telegram/reset", None),
        ("uncertain/anna/m/settle", {"arrived": True}),
        ("journeys", {"client_id": "anna", "service_id": "cut"}),
        ("journeys/anna/j/cancel", None),
        ("journeys/anna/j/retry", None),
        ("talks/anna/take-over", None),
        ("talks/anna/release", None),
        ("talks/anna/messages", {"text": "Hi"}),
    ],
)
def test_a_viewer_changes_nothing(salon: Served, path: str, body: Any) -> None:
    commits = len(salon.store.commits)
    assert salon.ask("POST", path, body, role="viewer", key="k")[0] == 403
    assert len(salon.store.commits) == commits


def test_every_reason_that_refuses_is_said() -> None:
    """Of a journey that has not begun; slots, worth, templates, the day's limit and the holdout's coin come later."""
    later = {"daily_limit", "no_slots", "slot_lost", "no_template", "not_worth", "holdout"}
    assert {r.value for r in SkipReason} - {r.value for r in REFUSED} == later
