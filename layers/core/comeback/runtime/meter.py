"""What an invocation used, noted where it is used and added to its companies' UTC day at the end: one small write each.

One meter a process: Lambda runs one invocation at a time in it, whose threads work for a company each. Not metered: webhooks,
which have no milliseconds to import this (so nor are API Gateway's requests and the message each of them queues); schedules, that
work for all at once; the admin's API; a function's start-up, and the time of the write itself. Step Functions bills
states entered, not requests.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from math import ceil
from threading import Lock
from typing import Any

from comeback.runtime.logs import logger

Book = Callable[[str, Mapping[str, float]], None]
"""Keeps what a company used, by the names of `ports.Usage`."""
TOLD_AT_MB = 512
OWN_WRITE_UNITS = 1
"""Of keeping the count: an update of a small item."""
DIGITS = 4
"""Of shares, behind the point."""


class Meter:
    def __init__(self) -> None:
        self._used: dict[str, Counter[str]] = {}
        self._served: list[str] = []
        self._company = ContextVar("company", default="")
        self._counting = Lock()
        self._book: Book | None = None

    def kept_by(self, book: Book) -> None:
        """Without a book, as in a function that has no table, nothing is kept."""
        self._book = book

    def note(self, name: str, n: float = 1) -> None:
        """`name`: of `ports.Usage`. Outside `of` it is the whole invocation's, and shared by its companies."""
        with self._counting:
            counts: Counter[str] = self._used.setdefault(self._company.get(), Counter())
            counts.update({name: n})

    @contextmanager
    def of(self, company_id: str) -> Iterator[None]:
        """What is noted in here is this company's, and so is the time that it takes."""
        began, outer = time.perf_counter(), self._company.set(company_id)
        self._served.append(company_id)
        try:
            yield
        finally:
            self.note("function_ms", _at_told_memory(time.perf_counter() - began))
            self._company.reset(outer)

    @contextmanager
    def invocation(self, **more: float) -> Iterator[None]:
        """One call of the function, at the end of which its companies' counts are kept; `more`: what it uses besides.

        Fails no work: what could not be kept is logged and forgotten.
        """
        self._forget()
        try:
            yield
        finally:
            for name, n in {"function_calls": 1.0, **more}.items():
                self.note(name, n)
            if self._book:
                self._keep(self._book)
            self._forget()

    def _forget(self) -> None:
        self._used, self._served = {}, []

    def _keep(self, book: Book) -> None:
        used, served = self._used, Counter(filter(None, self._served))
        shared = used.get("", Counter())
        for company_id, times in served.items():
            part = {name: n * times / served.total() for name, n in shared.items()}
            try:
                book(company_id, _sum(used[company_id], part, {"write_units": OWN_WRITE_UNITS}))
            except Exception:
                logger.exception("usage not kept")

    def counting(self, sqs: Any) -> Any:
        """The same client, its requests noted; once, however often it comes here."""
        sqs.meta.events.register("after-call.sqs", self._queue_request, unique_id="usage")
        return sqs

    def _queue_request(self, **_event: object) -> None:
        self.note("queue_requests")


METER = Meter()


def _at_told_memory(seconds: float) -> int:
    """Milliseconds, begun ones as whole, of a function of 512 MB."""
    memory = int(os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", TOLD_AT_MB))
    return ceil(ceil(seconds * 1000) * memory / TOLD_AT_MB)


def _sum(*parts: Mapping[str, float]) -> dict[str, float]:
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: round(sum(part.get(name, 0) for part in parts), DIGITS) for name in names}
