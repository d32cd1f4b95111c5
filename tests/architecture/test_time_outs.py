"""Every outside call, with all its attempts and waits, is over before half of the time of every function that makes it; and
who repeats what is said once, in docs/time-outs.md.

Seconds are read off the clients themselves. A client that is made elsewhere than in `MADE_IN` fails: it has to be limited too.
"""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from comeback.ai import gemini
from comeback.channels import telegram, whatsapp
from comeback.crm import yclients, yclients_http
from comeback.reactivation import generation
from comeback.runtime import aws, clock, wiring
from comeback.storage import races, table
from comeback.storage.table import Table

from tests.architecture.template import ROOT, functions, listed, statements

SHARE = 0.5
"""Of a function's time-out: one call gone wrong leaves it as much again to say so."""
CORE = ROOT / "layers" / "core" / "comeback"
MAKING = frozenset(
    {"AsyncClient", "Bot", "Client", "ClientSession", "HTTPXRequest", "MeteredConnection", "PoolManager",
     "create_client", "create_connection", "resource", "urlopen"}
)  # fmt: skip
MADE_IN = {
    "runtime/aws.py": "client",
    "runtime/clock.py": "WorldClock.now",
    "storage/table.py": "Table.__init__",
    "crm/yclients_http.py": "shared_client",
    "channels/telegram.py": "bot",
    "channels/whatsapp.py": "http_client",
    "ai/gemini.py": "_client",
}
"""File → where its client is made."""
MESSENGERS, BOOK, MODEL = "TELEGRAM_BASE_URL", "YCLIENTS_BASE_URL", "GEMINI_BASE_URL"


@dataclass(frozen=True)
class Call:
    """`seconds` at worst, for one call and what its caller must have done with it."""

    what: str
    seconds: float
    attempts: int
    then: str


def botocore_seconds(config: Any) -> float:
    """All attempts time out, and every wait between them is the longest (standard mode: up to 2 ** n seconds, at most 20)."""
    attempts = config.retries["total_max_attempts"]
    assert config.retries["mode"] == "standard"
    waits = sum(min(20.0, 2.0**n) for n in range(attempts - 1))
    return float(attempts * (config.connect_timeout + config.read_timeout) + waits)


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.setenv(name, "us-east-1" if "REGION" in name else "made-up")
    aws.client.cache_clear()
    yield
    aws.client.cache_clear()


SERVICES = {
    "sqs": "sqs",
    "kms": "kms",
    "secretsmanager": "secretsmanager",
    "states": "stepfunctions",
    "s3": "s3",
    "cognito-idp": "cognito-idp",
    "lambda": "lambda",
}
"""IAM's prefix → boto3's service. DynamoDB goes through PynamoDB."""
THEN = {
    "kms": "whoever called: queue, state machine or the next tick",
    "sqs": "whoever called: messenger, queue or state machine",
    "secretsmanager": "whoever called: messenger, queue or state machine",
    "states": "the queue, or the next tick",
    "s3": "the queue, or the next tick",
    "cognito-idp": "whoever signs in, or the owner",
    "lambda": "whoever puts dead letters back",
    "dynamodb": "whoever called: queue, state machine or the next tick",
}


def of_aws(prefix: str) -> Call:
    if prefix == "dynamodb":
        config = Table("t").connection.client.meta.config
        seconds = botocore_seconds(config) + sum(table.PAUSES)
    else:
        config = aws.client(SERVICES[prefix]).meta.config
        seconds = botocore_seconds(config)
    return Call(prefix, seconds, config.retries["total_max_attempts"], THEN[prefix])


def of_outside() -> dict[str, tuple[str, Call]]:
    """Name → the variable of the template by which a function has it, and the call."""
    machine = "the state machine, or the queue"
    return {
        "YCLIENTS": (BOOK, Call("YCLIENTS", yclients_http.CALL_SECONDS, 1, machine)),
        "YCLIENTS, searches": (
            BOOK,
            Call("YCLIENTS, searches", search_seconds(), 1, f"{machine}: what was found will do"),
        ),
        "Telegram": (MESSENGERS, Call("Telegram", telegram.CALL_SECONDS, 1, "the queue, when it is sure that nothing was sent")),
        "WhatsApp": (MESSENGERS, Call("WhatsApp", whatsapp.CALL_SECONDS, 1, "the queue, when it is sure that nothing was sent")),
        "Gemini": (MODEL, Call("Gemini", gemini.TIMEOUT_SECONDS, 1, "nobody: rules and templates take over")),
    }  # fmt: skip


def search_seconds() -> float:
    """Of all searches in one company's book: the last request begins at the end of their time, and waits for its turn."""
    return yclients.SEARCH_SECONDS + yclients_http.PATIENCE + yclients_http.CALL_SECONDS


def calls_of(function: dict[str, Any]) -> list[Call]:
    """By what its role may ask for and by the addresses it is given."""
    actions = [
        a for s in statements(function) for a in listed(s["Action"]) if s["Effect"] == "Allow"
    ]
    found = [of_aws(prefix) for prefix in sorted({a.partition(":")[0] for a in actions} & {*THEN})]
    given = function["Environment"]["Variables"]
    return [*found, *(call for needs, call in of_outside().values() if needs in given)]


@pytest.mark.fault(
    "Any outside service stops answering", "Each call ends within half its function's time"
)
@pytest.mark.parametrize("name", functions())
def test_every_call_ends_before_its_function(name: str) -> None:
    function = functions()[name]
    for call in calls_of(function):
        share = 1 if "searches" in call.what else SHARE
        assert call.seconds <= share * function["Timeout"], call


def test_two_slow_books_are_searched_for_empty_chairs_in_one_run() -> None:
    """So that one company's does not take the others' turn for ever: the next run begins with whom this one did not reach."""
    one = wiring.EMPTY_CHAIRS_SEARCH_SECONDS + yclients_http.PATIENCE + yclients_http.CALL_SECONDS
    assert 2 * one <= functions()["EmptyChairs"]["Timeout"]


def test_every_service_that_a_role_may_ask_is_known() -> None:
    known = {*THEN, "logs", "xray", "cloudwatch", "ses"}
    asked = {
        action.partition(":")[0]
        for function in functions().values()
        for statement in statements(function)
        for action in listed(statement["Action"])
    }
    assert asked <= known


@pytest.mark.parametrize("name", [n for n in functions() if n.endswith("Webhook")])
def test_a_webhook_asks_all_its_services_within_its_time(name: str) -> None:
    """The secret, then the queue, both at their slowest."""
    function = functions()[name]
    assert sum(call.seconds for call in calls_of(function)) < function["Timeout"]


def test_a_batch_of_messages_is_sent_within_its_functions_time() -> None:
    deliver = functions()["Deliver"]
    batch = next(
        e["Properties"]["BatchSize"] for e in deliver["Events"].values() if e["Type"] == "SQS"
    )
    slowest = max(telegram.CALL_SECONDS, whatsapp.CALL_SECONDS)
    assert batch * slowest <= SHARE * deliver["Timeout"]


def test_a_message_is_written_within_its_functions_time() -> None:
    """The model is asked once, and once more to mend its text."""
    asked = inspect.getsource(generation).count("write_message(")
    assert asked <= 2
    assert functions()["Generate"]["Timeout"] > 2 * gemini.TIMEOUT_SECONDS


def test_races_end_before_the_shortest_function_that_may_lose_them() -> None:
    shortest = min(
        f["Timeout"] for f in functions().values() if "TABLE" in f["Environment"]["Variables"]
    )
    assert races.PATIENCE + of_aws("dynamodb").seconds < shortest
    booking = [f["Timeout"] for f in functions().values() if BOOK in f["Environment"]["Variables"]]
    assert SHARE * min(booking) >= yclients_http.PATIENCE + yclients_http.CALL_SECONDS


def test_reads_end_before_their_call() -> None:
    """Else the deadline would be all that there is: a silent server should be left earlier."""
    assert yclients_http.CONNECT_SECONDS + yclients_http.READ_SECONDS <= yclients_http.CALL_SECONDS
    timeout = whatsapp.TIMEOUT
    assert max(timeout.connect or 0, timeout.read or 0) <= whatsapp.CALL_SECONDS
    assert telegram.CONNECT_SECONDS + telegram.READ_SECONDS <= telegram.CALL_SECONDS
    assert SHARE * min(f["Timeout"] for f in functions().values()) >= clock.READ_SECONDS


# ── who repeats ──────────────────────────────────────────────────────────────────────────────────


def test_http_clients_repeat_nothing() -> None:
    for client in (yclients_http.shared_client(), whatsapp.http_client()):
        pool: Any = client._transport
        assert pool._pool._retries == 0
        assert pool._pool._network_backend._deadline._seconds <= yclients_http.CALL_SECONDS


def test_telegram_and_gemini_repeat_nothing() -> None:
    request: Any = telegram.bot("1:token", "http://x")._request[1]
    assert request._client._transport._pool._retries == 0
    made: Any = gemini._client("", "", False, gemini.TIMEOUT_SECONDS, "key")
    assert made._api_client._http_options.retry_options is None
    assert made._api_client._http_options.timeout == gemini.TIMEOUT_SECONDS * 1000


def test_a_client_made_elsewhere_is_seen() -> None:
    """A new client belongs into `MADE_IN`, with its seconds in this file."""
    found = {
        str(file.relative_to(CORE)): name
        for file in sorted(CORE.rglob("*.py"))
        for name in _makers(file)
    }
    assert found == MADE_IN
    for file in (ROOT / "functions").rglob("*.py"):
        assert not list(_makers(file)), file


MODULES = frozenset(
    {"aiohttp", "boto3", "botocore", "comeback.storage.units", "genai", "google", "httpx", "httpx2", "pynamodb", "requests",
     "socket", "telegram", "telegram.request", "urllib", "urllib.request"}
)  # fmt: skip


def _makers(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text())
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "") in MODULES
        for alias in node.names
    }

    def within(node: ast.AST, prefix: str) -> Iterator[str]:
        for child in ast.iter_child_nodes(node):
            name = prefix
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = f"{prefix}.{child.name}" if prefix else child.name
            if _makes(child, imported):
                yield prefix
            yield from within(child, name)

    return iter(dict.fromkeys(within(tree, "")))


def _makes(node: ast.AST, imported: set[str]) -> bool:
    """`httpx.Client(…)`, `Bot(…)` of a package that was imported; boto3.client is handed on without a call."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}" in ("boto3.client", "boto3.resource", "boto3.Session")
    if not isinstance(node, ast.Call):
        return False
    made = node.func
    if isinstance(made, ast.Name):
        return made.id in MAKING & imported
    if isinstance(made, ast.Attribute) and made.attr == "create_client":
        return True  # of whatever session
    packages = MODULES | imported
    whose = made.value if isinstance(made, ast.Attribute) else None
    return isinstance(whose, ast.Name) and whose.id in packages and made.attr in MAKING  # type: ignore[attr-defined]


# ── the page ─────────────────────────────────────────────────────────────────────────────────────


def test_the_page_says_what_the_code_does() -> None:
    page = (ROOT / "docs" / "time-outs.md").read_text()
    every = [*map(of_aws, sorted(THEN)), *(call for _, call in of_outside().values())]
    for call in every:
        row = f"| {call.what} | {call.attempts} | {call.seconds:g} s | {call.then} |"
        assert row in page, row
