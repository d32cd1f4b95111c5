"""Runs MiniStack with seven changes: policies hear which keys of a table a request is about (leading_keys.py), who signs in sets
up an authenticator app where one is wanted (authenticators.py), a layer is unpacked once (further workers get a link), workers
start one after the other, who finds no worker free may wait for one, batches of a FIFO queue may be handled side by side, and a
task that waits for its token fails when the function that was to take the token along did.

MiniStack unpacks 80 MB for each new worker and resolves the path of each of its files: a campaign's first minute, when dozens
of workers start, took longer than the rest of the day. AWS unpacks nothing at that point either. Runs on MiniStack's interpreter.
"""

import contextlib
import hashlib
import os
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import authenticators  # type: ignore[import-not-found]  # beside this file, which runs as a script
import leading_keys  # type: ignore[import-not-found]  # beside this file, which runs as a script
from ministack.app import main  # type: ignore[import-not-found]  # lives in its own environment
from ministack.core import iam_actions, iam_evaluator, lambda_runtime  # type: ignore[import-not-found]
from ministack.services import cognito, lambda_svc, stepfunctions  # type: ignore[import-not-found]

MANY = 200
"""Archives of more members are layers; a function's own code is small and unpacked as always."""
LOOK_AGAIN_SECONDS = 0.02
OF_A_QUEUE = "ministack-esm"
"""The threads that hand batches to functions."""
WAITS = threading.local()
"""`token`: of the task that this thread is about to hand to a function."""


class Archive(zipfile.ZipFile):
    """As MiniStack's workers open one. A layer's members are looked at once, not by each worker: five thousand paths resolved by
    eight workers at a time stopped everything else for a minute."""

    def namelist(self) -> list[str]:
        """Of a layer, where each name begins."""
        names = super().namelist()
        if not self._is_layer(names):
            return names
        if any(".." in name.split("/") for name in names):
            raise zipfile.BadZipFile("a name leads out of the layer")
        return sorted({name.partition("/")[0] for name in names})

    def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
        names = super().namelist()
        if members is not None or path is None or not self._is_layer(names):
            super().extractall(path, members, pwd)
            return
        digest = hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest()[:24]
        store = Path(os.environ["TMPDIR"]) / "layers" / digest
        if not store.exists():
            building = store.with_name(f"{digest}.{os.getpid()}.{id(self)}")
            super().extractall(building, names)
            with contextlib.suppress(OSError):  # another thread was faster: theirs is the same
                building.rename(store)
        for found in store.iterdir():
            (Path(path) / found.name).symlink_to(found)

    def _is_layer(self, names: list[str]) -> bool:
        return len(names) >= MANY and bool(self.filename)


def one_by_one(spawn: Callable[[Any], None]) -> Callable[[Any], None]:
    """Workers started together are ready later than workers started in turn: the machine has two cores."""
    turn = threading.Lock()

    def spawned(worker: Any) -> None:
        with turn:
            spawn(worker)

    return spawned


def beyond(_function: Any, config: Any) -> str:
    """A slot over the account's limit."""
    key: str = lambda_svc._inflight_key(config)
    with lambda_svc._inflight_lock:
        lambda_svc._inflight[key] = lambda_svc._inflight.get(key, 0) + 1
        lambda_svc._inflight_total += 1
    return key


def side_by_side(concurrency: Callable[..., int]) -> Callable[..., int]:
    """MiniStack handles one batch of a FIFO queue at a time, AWS as many as the mapping says. The order of a group is the
    queue's affair, here too: it gives nothing of a group of which a message is in flight."""
    most = int(os.environ.get("FIFO_BATCHES", "1"))

    def batches(mapping: Any, function: Any, config: Any, queue: Any = None) -> int:
        as_mapped = concurrency(mapping, function, config)
        return min(most, as_mapped) if (queue or {}).get("is_fifo") else as_mapped

    return batches


class Waiting:
    """How many wait for a worker, told in a file: whoever moves the clock may look how far behind we are."""

    def __init__(self) -> None:
        self._file = Path(os.environ["TMPDIR"]) / "waiting"
        self._lock = threading.Lock()
        self._now = 0

    def __enter__(self) -> None:
        self._changed(1)

    def __exit__(self, *_: object) -> None:
        self._changed(-1)

    def _changed(self, by: int) -> None:
        with self._lock:
            self._now += by
            self._file.write_text(str(self._now))


def patient(
    acquire: Callable[..., tuple[Any, str | None]],
) -> Callable[..., tuple[Any, str | None]]:
    """Waits for a worker instead of throttling: where waits are accelerated, the pauses between a state machine's tries are too,
    and half an hour of patience is over in seconds. No function of ours invokes another, so nobody waits for themselves.

    One of those who wait looks; hundreds that did left the emulator no time to run what they waited for. Batches of queues do
    not wait: there are a few at a time, and behind each there is a queue that grows."""
    patience = float(os.environ.get("LAMBDA_PATIENCE_SECONDS", "0"))
    turn, waiting = threading.Lock(), Waiting()

    def acquired(*about: Any) -> tuple[Any, str | None]:
        slot, limit = acquire(*about)
        if slot is not None or limit != "account" or not patience:
            return slot, limit
        if threading.current_thread().name == OF_A_QUEUE:
            return beyond(*about), None
        until = time.monotonic() + patience
        with waiting:
            if not turn.acquire(timeout=patience):
                return slot, limit
            try:
                while slot is None and limit == "account" and time.monotonic() < until:
                    time.sleep(LOOK_AGAIN_SECONDS)
                    slot, limit = acquire(*about)
            finally:
                turn.release()
        return slot, limit

    return acquired


def with_its_token(invoke: Callable[..., Any]) -> Callable[..., Any]:
    """Notes the token for what this thread calls next."""

    def invoked(resource: str, given: Any, token: str, state: Any) -> Any:
        WAITS.token = token
        return invoke(resource, given, token, state)

    return invoked


def fails_its_task(call: Callable[..., Any]) -> Callable[..., Any]:
    """MiniStack drops the error of a function that was to take a token along, a throttled one's too, and waits for ever. AWS
    fails the task, and the machine's Retry asks again. What the function told by the token itself was first, and stands."""

    def called(*about: Any) -> Any:
        token, WAITS.token = getattr(WAITS, "token", ""), ""
        try:
            return call(*about)
        except stepfunctions._ExecutionError as error:
            waits = stepfunctions._task_tokens.get(token)
            if waits and not waits["event"].is_set():
                waits["error"] = {"Error": error.error, "Cause": error.cause}
                waits["event"].set()
            raise

    return called


leading_keys.taught(iam_actions, iam_evaluator)
authenticators.taught(cognito)
lambda_runtime.zipfile = SimpleNamespace(**{**vars(zipfile), "ZipFile": Archive})
lambda_runtime.Worker._spawn = one_by_one(lambda_runtime.Worker._spawn)
lambda_svc._acquire_execution_slot = patient(lambda_svc._acquire_execution_slot)
lambda_svc._sqs_esm_concurrency = side_by_side(lambda_svc._sqs_esm_concurrency)
stepfunctions._invoke_with_callback = with_its_token(stepfunctions._invoke_with_callback)
stepfunctions._call_lambda = fails_its_task(stepfunctions._call_lambda)

if __name__ == "__main__":
    sys.exit(main())
