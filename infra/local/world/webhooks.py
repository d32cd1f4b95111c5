"""Webhooks leave here: asynchronously, in order where the real service keeps order, and repeated until answered."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx
import msgspec

from world.faults import Fault, Faults
from world.settings import Settings
from world.transcript import Transcript


@dataclass(frozen=True)
class Delivery:
    number: int
    kind: str
    url: str
    body: bytes
    headers: Mapping[str, str] = field(repr=False)
    lane: str
    retry: bool
    answered: Callable[[int], None] | None = None

    @property
    def target(self) -> str:
        return f"webhooks.{self.kind}"


class WebhookSender:
    """`send` returns at once and may be called from any thread; `start` must have run on the server's loop."""

    def __init__(self, transcript: Transcript, faults: Faults, settings: Settings) -> None:
        self._transcript = transcript
        self._faults = faults
        self._settings = settings
        self._numbers = itertools.count(1)
        self._open: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._lanes: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._overtaken: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: httpx.AsyncClient | None = None
        self._slots = asyncio.Semaphore(settings.webhook_concurrency)

    @property
    def in_flight(self) -> int:
        """Webhooks not yet answered, those waiting for a repeat included."""
        return len(self._open)

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(self._settings.webhook_timeout, pool=None), trust_env=False
        )

    async def stop(self) -> None:
        self.clear()
        if self._client is not None:
            await self._client.aclose()

    def clear(self) -> None:
        """Forgets all that is under way."""
        for task in list(self._tasks):
            task.cancel()
        self._open.clear()
        self._lanes.clear()

    def send(
        self,
        kind: str,
        url: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        lane: str = "",
        retry: bool = True,
        answered: Callable[[int], None] | None = None,
    ) -> None:
        """Posts `body` as it is. Those of one `lane` are posted one after the other, others side by side.

        `answered` is told the status of each try, 0 when there was no answer.
        """
        if self._loop is None:
            raise RuntimeError("the world's server is not running")
        delivery = Delivery(
            next(self._numbers), kind, url, body, headers or {}, lane, retry, answered
        )
        self._open.add(delivery.number)
        self._loop.call_soon_threadsafe(self._launch, delivery)

    async def settled(self) -> bool:
        """Waits until nothing is in flight, `settle_timeout` at most; whether that came to pass."""
        deadline = asyncio.get_running_loop().time() + self._settings.settle_timeout
        while self._open and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.01)
        return not self._open

    def _launch(self, delivery: Delivery) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            fault = self._faults.take(delivery.target, delivery.body)
            if fault and fault.kind == "drop":
                self._record(delivery, 0, "dropped", 0)
                return
            await self._hold(delivery, fault)
            if delivery.lane:
                async with self._lanes[delivery.lane]:
                    await self._post_until_answered(delivery, fault)
            else:
                await self._post_until_answered(delivery, fault)
            self._overtaken.pop(delivery.kind, asyncio.Event()).set()
            if fault and fault.kind == "duplicate":
                await self._post_until_answered(delivery, None)
        finally:
            self._open.discard(delivery.number)

    async def _hold(self, delivery: Delivery, fault: Fault | None) -> None:
        if fault and fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        if fault and fault.kind == "reorder":
            overtaken = self._overtaken[delivery.kind]
            try:
                await asyncio.wait_for(overtaken.wait(), self._settings.reorder_wait)
            except TimeoutError:
                return

    async def _post_until_answered(self, delivery: Delivery, fault: Fault | None) -> None:
        pauses = self._settings.webhook_retry_seconds if delivery.retry else ()
        lost = fault is not None and fault.kind == "lost_response"
        for attempt, pause in enumerate((0.0, *pauses), start=1):
            await asyncio.sleep(pause)
            status, answer = await self._post(delivery)
            self._record(delivery, status, answer, attempt)
            if delivery.answered is not None:
                delivery.answered(status)
            if 200 <= status < 300 and not (lost and attempt == 1):
                return

    async def _post(self, delivery: Delivery) -> tuple[int, str]:
        assert self._client is not None
        headers = {"content-type": "application/json", **delivery.headers}
        try:
            async with self._slots:
                answer = await self._client.post(
                    delivery.url, content=delivery.body, headers=headers
                )
        except httpx.HTTPError as error:
            return 0, type(error).__name__
        return answer.status_code, answer.text[:500]

    def _record(self, delivery: Delivery, status: int, answer: str, attempt: int) -> None:
        request = msgspec.json.decode(delivery.body)
        self._transcript.add(f"webhook.{delivery.kind}", request, status, answer, attempt=attempt)
