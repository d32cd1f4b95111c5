"""Delivers the services' webhooks as the services do: again when not answered with 2xx; twice, late, shuffled on command."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx

from world.clock import WorldClock
from world.faults import Faults
from world.transcript import Transcript

RETRY_AFTER = (0.3, 1.0, 2.0)
"""Seconds before each repetition. The services go on for hours or days; three is enough to see it."""
TIMEOUT = 30.0


class WebhookSender:
    def __init__(self, clock: WorldClock, transcript: Transcript, faults: Faults) -> None:
        self._clock = clock
        self._transcript = transcript
        self._faults = faults
        self._client: httpx.AsyncClient | None = None
        self._held: list[tuple[str, str, bytes, Mapping[str, str]]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(8)

    @property
    def in_flight(self) -> int:
        return len(self._tasks)

    def send(self, kind: str, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Returns at once; the delivery goes on behind. Must be called inside the event loop."""
        fault = self._faults.next(f"webhook.{kind}", body.decode(errors="replace"))
        if fault and fault.kind == "drop":
            return
        if fault and fault.kind == "reorder":
            self._held.append((kind, url, body, headers))
            return
        delay = fault.seconds if fault and fault.kind == "delay" else 0.0
        for _ in range(2 if fault and fault.kind == "duplicate" else 1):
            self._start(kind, url, body, headers, delay)
        while self._held:
            self._start(*self._held.pop())

    def _start(
        self, kind: str, url: str, body: bytes, headers: Mapping[str, str], delay: float = 0.0
    ) -> None:
        task = asyncio.get_running_loop().create_task(
            self._deliver(kind, url, body, headers, delay)
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(
        self, kind: str, url: str, body: bytes, headers: Mapping[str, str], delay: float
    ) -> None:
        for pause in (delay, *RETRY_AFTER):
            await asyncio.sleep(pause)
            async with self._slots:
                status, answer = await self._post(url, body, headers)
            sent = {"url": url.split("?")[0], "body": body.decode(errors="replace")}
            self._transcript.add(self._clock.now(), f"webhook.{kind}", sent, status, answer)
            if 200 <= status < 300 or 400 <= status < 404:
                return

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=TIMEOUT)
        try:
            answer = await self._client.post(url, content=body, headers=dict(headers))
        except httpx.HTTPError as error:
            return 0, type(error).__name__
        return answer.status_code, answer.text[:500]

    async def settled(self, seconds: float) -> None:
        """Waits until nothing is under way, at most this long."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=seconds)

    async def get(self, url: str, params: Mapping[str, Any]) -> tuple[int, str]:
        """A service's own GET (WhatsApp's verification of a webhook)."""
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            try:
                answer = await client.get(url, params=dict(params))
            except httpx.HTTPError as error:
                return 0, type(error).__name__
            return answer.status_code, answer.text
