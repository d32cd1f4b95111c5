"""microburst between our AWS clients and the local cloud: which write call is hit, and how.

The calls are not listed anywhere: everything that botocore sends through the proxy is looked at, and what does not read, writes.
A marked request carries a header, which microburst's rules go by; an answer is lost by closing the connection after the service
has done the work.
"""

import contextlib
import copy
import socket
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session
from cloud import places, processes

NAME = "microburst"
MARK = "x-fault"
READS = ("Get", "BatchGet", "Query", "Describe", "List", "Receive", "Decrypt", "AdminGet")
"""Beginnings of the operations' names that change nothing."""
LOST, THROTTLED, LATE = "lost", "throttled", "late"
LATE_MS = 300
"""How long a late request is held back before it is passed on: its caller has given it up by then, and asked again."""
RULES: Sequence[dict[str, Any]] = (
    # S3's answer has no body that could break off: it promises one byte, and the client waits for it.
    {
        "headers": {MARK: LOST},
        "service": "s3",
        "response": {"abort_bytes": 0, "set_headers": {"Content-Length": "1"}},
    },
    {"headers": {MARK: LOST}, "response": {"abort_bytes": 0}},
    {"headers": {MARK: THROTTLED}, "service": "s3", "error": {"code": "SlowDown", "status": 503}},
    # microburst puts a prefix before SQS' codes, by which the SDK does not know them: so by status.
    {
        "headers": {MARK: THROTTLED},
        "service": "sqs",
        "error": {"code": "ThrottlingException", "status": 429},
    },
    {"headers": {MARK: THROTTLED}, "error": {"code": "ThrottlingException", "status": 400}},
    {"headers": {MARK: LATE}, "latency": LATE_MS},
)


@dataclass
class Plan:
    """Which calls are hit: `nth` of all writes (None: each), and of its tries the first or every one."""

    fault: str = ""
    nth: int | None = None
    every_try: bool = False

    def hits(self, nth: int, first_try: bool) -> bool:
        return bool(self.fault) and self.nth in (None, nth) and (first_try or self.every_try)


@dataclass
class Wire:
    """What went through the proxy since `begin`."""

    url: str
    plan: Plan = field(default_factory=Plan)
    writes: list[str] = field(default_factory=list)
    """Calls in their order, a repeated one once: `dynamodb.TransactWriteItems`."""
    hit: int = 0
    under_way: list[threading.Thread] = field(default_factory=list)
    """Requests that their callers gave up."""
    _last: str = ""

    def begin(self, plan: Plan) -> None:
        self.arrived()
        self.plan, self.writes, self.hit = plan, [], 0
        httpx.delete(f"{self.url}/_microburst/fired", trust_env=False)

    def arrived(self) -> None:
        """Waits for all that is under way."""
        while self.under_way:
            self.under_way.pop().join()

    def fired(self) -> int:
        """What microburst itself says it did."""
        found = httpx.get(f"{self.url}/_microburst/fired?limit=2000", trust_env=False)
        return len(found.json())

    def hits(self, request: Any) -> bool:
        """Each try of each request, just before it leaves."""
        if not request.url.startswith(self.url):
            return False
        name = operation(request)
        if name.split(".")[1].startswith(READS):
            return False
        call = _text(request.headers["amz-sdk-invocation-id"])
        first_try = call != self._last
        if first_try:
            self._last = call
            self.writes.append(name)
        if not self.plan.hits(len(self.writes) - 1, first_try):
            return False
        self.hit += 1
        request.headers[MARK] = self.plan.fault
        return True


def operation(request: Any) -> str:
    """By the header that JSON services are called with; by the method where there is none (S3)."""
    target = _text(request.headers.get("X-Amz-Target", ""))
    if target:
        service, name = target.split(".")
        return f"{service.split('_')[0]}.{name}"
    method, path = request.method, urlsplit(request.url).path.strip("/")
    return f"S3.{'Get' if method in ('GET', 'HEAD') else method.title()}:{path.split('/')[-1]}"


def _of_its_own(request: Any) -> Any:
    """A request whose body the repetition does not read away."""
    kept, body = copy.copy(request), request.body
    if hasattr(body, "read"):
        kept.body = body.read()
        body.seek(0)
    return kept


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


@contextlib.contextmanager
def wired() -> Iterator[Wire]:
    """The proxy in front of the local cloud that is up, and every botocore client of this process watched. What is read from S3
    goes past it: an answer of S3 has no length behind it, and an import asks for that first."""
    port = _free_port()
    wire = Wire(f"http://127.0.0.1:{port}")
    command = [str(places.MICROBURST), "--port", str(port), "--upstream", places.aws_url()]
    assert places.MICROBURST.exists(), "microburst is not installed: run `make microburst`"
    processes.start(NAME, command, {}, f"{wire.url}/_microburst/health")
    httpx.post(
        f"{wire.url}/_microburst/rules", json=list(RULES), trust_env=False
    ).raise_for_status()
    send = URLLib3Session.send

    def watched(session: Any, request: Any) -> Any:
        hit = wire.hits(request)
        if hit and wire.plan.fault == LATE:
            thread = threading.Thread(target=send, args=(session, _of_its_own(request)))
            thread.start()
            wire.under_way.append(thread)
            raise ReadTimeoutError(endpoint_url=request.url)
        if request.url.startswith(wire.url) and operation(request).startswith("S3.Get"):
            request.url = places.aws_url() + request.url.removeprefix(wire.url)
        return send(session, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(URLLib3Session, "send", watched)
        try:
            yield wire
        finally:
            processes.stop(NAME)


@contextlib.contextmanager
def called(nth: int, name: str) -> Iterator[None]:
    """Says in a failure which call was hit."""
    try:
        yield
    except AssertionError as error:
        error.add_note(f"the call that was hit: number {nth}, {name}")
        raise


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
