"""What a log line may hold: ids, kinds and places. Never words that somebody wrote, nor what libraries tell of their calls."""

import ast
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from comeback.channels.telegram import TelegramChannel
from comeback.companies.model import BusinessType, Company, in_turn
from comeback.conversations.model import ChannelKind
from comeback.errors import ComebackError, NotFound
from comeback.runtime import sqs, steps
from comeback.runtime.logs import Unexpected, discreet, logger, skipped

from tests.adapters.channels.messages import message

FUNCTIONS = Path(__file__).parents[3] / "functions"
TOLD = pytest.mark.fault(
    "errors that quote names, numbers, tokens", "logged by kind and place alone"
)
NAME = "Анна Каренина +79990001122"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What would reach CloudWatch: our logger's stream, and Lambda's own handler, which sits on the root at INFO."""
    written = io.StringIO()
    ours, root = logger.handlers[0], logging.getLogger()
    before, level = ours.stream, root.level  # type: ignore[attr-defined]
    lambdas = logging.StreamHandler(written)
    ours.setStream(written)  # type: ignore[attr-defined]
    root.addHandler(lambdas)
    root.setLevel(logging.INFO)
    yield written
    root.setLevel(level)
    root.removeHandler(lambdas)
    ours.setStream(before)  # type: ignore[attr-defined]


def broken(*_: object) -> dict[str, str]:
    try:
        raise ClientError({"Error": {"Code": "ValidationException", "Message": NAME}}, "PutItem")
    except ClientError as error:
        raise KeyError(NAME) from error


def quoting(*_: object) -> dict[str, str]:
    raise NotFound(NAME)


@TOLD
def test_a_queues_error_is_told_by_kind_and_place(lines: io.StringIO) -> None:
    record = {"messageId": "m1", "body": json.dumps({"company_id": "salon", "text": NAME})}
    for handle in (broken, quoting):
        assert sqs.process({"Records": [record]}, handle)["batchItemFailures"]  # type: ignore[arg-type]
    written = lines.getvalue()
    assert NAME not in written
    assert "79990001122" not in written
    found = next(json.loads(line) for line in written.splitlines() if "unexpected" in line)
    first, cause = found["exception"]
    assert first.startswith("KeyError at sqs.py:")
    assert "test_logs.py" in first
    assert first.endswith("in broken")
    assert cause.startswith("ClientError ValidationException at ")


@TOLD
@pytest.mark.parametrize("work", [broken, quoting])
def test_a_steps_error_names_its_kind_alone(lines: io.StringIO, work: object) -> None:
    with pytest.raises((steps.Failed, steps.Retryable)) as failed:
        steps.answer({"company_id": "salon"}, work, then=next(iter(steps.Next)))  # type: ignore[arg-type]
    assert str(failed.value) in ("KeyError", "NotFound")
    assert failed.value.__suppress_context__
    assert NAME not in lines.getvalue()


def two_companies(*_: object) -> list[str]:
    companies = [Company(name, "Salon", "Europe/Moscow", BusinessType.BEAUTY) for name in "ab"]
    return in_turn(companies, broken)


@TOLD
def test_of_companies_that_failed_in_turn_each_ones_error_is_told(lines: io.StringIO) -> None:
    with pytest.raises(Unexpected):
        discreet(two_companies)()
    written = lines.getvalue()
    assert NAME not in written
    found = next(json.loads(line) for line in written.splitlines() if "unexpected" in line)
    kinds = [told.split(" ")[0] for told in found["exception"]]
    assert kinds == ["ExceptionGroup", "KeyError", "ClientError", "KeyError", "ClientError"]


@TOLD
@pytest.mark.parametrize("work", [broken, quoting])
def test_a_schedules_error_names_its_kind_alone(lines: io.StringIO, work: object) -> None:
    with pytest.raises(Unexpected) as failed:
        discreet(work)({}, None)  # type: ignore[arg-type]
    assert str(failed.value) in ("KeyError", "NotFound")
    assert failed.value.__suppress_context__
    assert NAME not in lines.getvalue()
    assert "unexpected error" in lines.getvalue()


@TOLD
def test_libraries_do_not_tell_whom_they_call(lines: io.StringIO) -> None:
    """httpx writes «HTTP Request: POST https://api.telegram.org/bot<token>/sendMessage» at INFO."""
    channel = TelegramChannel("4242:a-secret-token", "http://127.0.0.1:9")
    with pytest.raises(ComebackError):
        channel.send(message(ChannelKind.TELEGRAM, 1001, NAME))
    for library in ("httpx", "httpcore", "telegram.Bot", "google_genai.models", "botocore.auth"):
        logging.getLogger(library).info("POST /bot4242:a-secret-token/sendMessage")
    assert lines.getvalue() == ""


def test_a_skipped_event_is_named_by_a_digest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """wamid is base64 of bytes that hold the number; a preference's id is made of the number itself."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Comeback")
    skipped("EventsTooOld", "salon", "wa.pref.79990001122.1767225600")
    line = json.loads(capsys.readouterr().out)
    assert line["EventsTooOld"] == [1.0]
    assert line["company_id"] == "salon"
    assert "79990001122" not in json.dumps(line)
    assert len(line["event"]) == 16


def handlers() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sorted(FUNCTIONS.rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name == "handler":
                yield str(path.relative_to(FUNCTIONS)), node


@TOLD
@pytest.mark.parametrize(
    ("path", "node"), list(handlers()), ids=lambda it: it if isinstance(it, str) else ""
)
def test_every_handlers_errors_are_told_discreetly(path: str, node: ast.FunctionDef) -> None:
    """Queues by `sqs.process`, steps by `steps.answer`, the rest by `@discreet`; webhooks load none of this, and what they
    raise is AWS' own."""
    decorated = any(isinstance(d, ast.Name) and d.id == "discreet" for d in node.decorator_list)
    mapped = {"process", "answer"} & {
        it.func.attr
        for it in ast.walk(node)
        if isinstance(it, ast.Call) and isinstance(it.func, ast.Attribute)
    }
    assert decorated or mapped or path.startswith("webhooks/"), f"{path}: put @discreet on handler"
