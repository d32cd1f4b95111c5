"""One company's door to YCLIENTS: headers, shared rate limits, and errors by what the caller should do."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

import httpcore
import httpx
import msgspec

from comeback.crm.breaker import Passage
from comeback.crm.yclients_errors import meaning
from comeback.crm.yclients_wire import Envelope
from comeback.deadline import bounded
from comeback.decoding import decoded
from comeback.errors import ComebackError, RateLimited, Retryable, Unavailable, UnknownOutcome
from comeback.ports import Beside, Limits

Data = TypeVar("Data")
BASE_URL = "https://api.yclients.com"
PER_SECOND, PER_MINUTE = 5, 200
"""Documented limits per IP address. Functions may all leave through one (NAT), so all companies share one bucket."""
BUCKET = "yclients#all"
PATIENCE = 3.0
"""Seconds a call may wait for its turn before it says RateLimited."""
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
CONNECT_SECONDS, READ_SECONDS, CALL_SECONDS = 2.0, 8.0, 10.0
"""`CALL_SECONDS`: a whole call, however slowly its answer comes. Nothing is repeated here: queues and state machines do."""


@dataclass(frozen=True)
class Tokens:
    partner: str
    user: str


@cache
def shared_client() -> httpx.Client:
    """One per process: it costs 33 ms to make (aws-facts.md)."""
    timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    transport = bounded(CALL_SECONDS, httpx, httpcore)
    return httpx.Client(timeout=timeout, transport=transport, trust_env=False)


class YclientsHttp:
    """`wall_clock` is real time, not the product's clock: the limits are the other side's, and simulated time may
    stand still."""

    def __init__(
        self,
        tokens: Tokens,
        limits: Limits,
        base_url: str = BASE_URL,
        client: httpx.Client | None = None,
        wall_clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        patience: float = PATIENCE,
        rates: tuple[int, int] = (PER_SECOND, PER_MINUTE),
        circuit: str = "",
        renewed: Callable[[], Tokens] | None = None,
    ) -> None:
        """`rates`: calls a second and a minute, for partners whom YCLIENTS grants more than everybody. `circuit`: whose
        failures count together; empty: nobody's do. `renewed` reads the tokens again: they may have been rotated."""
        self._rates = rates
        self._circuit = circuit
        self._limits = limits
        self._base_url = f"{base_url.rstrip('/')}/api/v1"
        self._client = client or shared_client()
        self._tokens = tokens
        self._renewed = renewed
        self._wall_clock = wall_clock
        self._sleep = sleep
        self._patience = patience

    def get(
        self, path: str, kind: type[Data], params: Mapping[str, Any] | None = None
    ) -> Envelope[Data]:
        """Raises Unavailable for a time-out: nothing can have changed."""
        try:
            return self._decode(self._call("GET", path, params=params), kind)
        except UnknownOutcome as error:
            raise Unavailable(str(error)) from error

    def search(self, path: str, kind: type[Data], body: Mapping[str, Any]) -> Envelope[Data]:
        """A POST that only reads."""
        try:
            return self._decode(self._call("POST", path, body=body), kind)
        except UnknownOutcome as error:
            raise Unavailable(str(error)) from error

    def post(self, path: str, kind: type[Data], body: Mapping[str, Any]) -> Data:
        """Raises UnknownOutcome when the request left and no usable answer came."""
        response = self._call("POST", path, body=body)
        try:
            return self._decode(response, kind).data
        except Unavailable as error:
            raise UnknownOutcome(str(error)) from error

    def check(self, path: str, body: Mapping[str, Any]) -> None:
        """A POST that changes nothing and whose 2xx says all."""
        try:
            self._call("POST", path, body=body)
        except UnknownOutcome as error:
            raise Unavailable(str(error)) from error

    def delete(self, path: str) -> None:
        self._call("DELETE", path)

    def _call(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        passage = Passage(self._wall_clock)
        self._wait_for_turn(passage)
        try:
            response = self._ask(method, path, params, body)
            if response.status_code == httpx.codes.UNAUTHORIZED and self._took_new_tokens():
                response = self._ask(method, path, params, body)
        except (Unavailable, UnknownOutcome):
            self._note(passage.failed)
            raise
        if response.is_server_error:
            self._note(passage.failed)
        elif passage.remembered:
            self._note(passage.answered)
        if response.is_success:
            return response
        if response.is_server_error and method == "POST":
            raise UnknownOutcome(f"YCLIENTS answered {response.status_code}")
        raise meaning(response)

    def _took_new_tokens(self) -> bool:
        """False when those in the secret are those that were refused, or it can not be read."""
        before = self._tokens
        with suppress(ComebackError):
            self._tokens = self._renewed() if self._renewed else before
        return self._tokens != before

    def _ask(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None,
        body: Mapping[str, Any] | None,
    ) -> httpx.Response:
        try:
            return self._client.request(
                method,
                f"{self._base_url}{path}",
                params=params,
                json=body,
                headers=_headers(self._tokens),
            )
        except NEVER_LEFT as error:
            raise Unavailable("YCLIENTS can not be reached") from error
        except httpx.HTTPError as error:
            raise UnknownOutcome(f"YCLIENTS did not answer: {type(error).__name__}") from error

    def _wait_for_turn(self, passage: Passage) -> None:
        """Raises RateLimited, and Unavailable while the circuit is open."""
        patience = self._patience
        beside = Beside(self._circuit, passage.admit) if self._circuit else None
        while wait := self._limits.take(BUCKET, *self._rates, self._wall_clock(), beside):
            if wait > patience:
                raise RateLimited("YCLIENTS' limit is used up", retry_after=wait)
            self._sleep(wait)
            patience -= wait

    def _note(self, change: Callable[[str], str]) -> None:
        """What is not noted is told by the next call; it must not hide the answer."""
        if self._circuit:
            with suppress(Retryable):
                self._limits.note(BUCKET, Beside(self._circuit, change), self._wall_clock())

    def _decode(self, response: httpx.Response, kind: type[Data]) -> Envelope[Data]:
        envelope = Envelope[kind]  # type: ignore[valid-type]  # a run-time parameter, for msgspec
        try:
            return decoded(response.content, envelope, strict=False)
        except msgspec.MsgspecError as error:
            raise Unavailable(f"YCLIENTS' answer can not be read: {error}") from error


def _headers(tokens: Tokens) -> dict[str, str]:
    return {
        "Accept": "application/vnd.yclients.v2+json",
        "Authorization": f"Bearer {tokens.partner}, User {tokens.user}",
    }
