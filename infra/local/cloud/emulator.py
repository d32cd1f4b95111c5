"""Runs MiniStack with five changes: policies hear which keys of a table a request is about (leading_keys.py), who signs in sets
up an authenticator app where one is wanted (authenticators.py), a layer is unpacked once (further workers get a link), workers
start one after the other, and who finds no worker free may wait for one.

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
from ministack.services import cognito, lambda_svc  # type: ignore[import-not-found]

MANY = 200
"""Archives of more members are layers; a function's own code is small and unpacked as always."""
LOOK_AGAIN_SECONDS = 0.02


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


def patient(
    acquire: Callable[..., tuple[Any, str | None]],
) -> Callable[..., tuple[Any, str | None]]:
    """Waits for a worker instead of throttling: where waits are accelerated, the pauses between a state machine's tries are too,
    and half an hour of patience is over in seconds. No function of ours invokes another, so nobody waits for themselves.

    One of those who wait looks; hundreds that did left the emulator no time to run what they waited for."""
    patience = float(os.environ.get("LAMBDA_PATIENCE_SECONDS", "0"))
    turn = threading.Lock()

    def acquired(*about: Any) -> tuple[Any, str | None]:
        slot, limit = acquire(*about)
        if slot is not None or limit != "account" or not patience:
            return slot, limit
        until = time.monotonic() + patience
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


leading_keys.taught(iam_actions, iam_evaluator)
authenticators.taught(cognito)
lambda_runtime.zipfile = SimpleNamespace(**{**vars(zipfile), "ZipFile": Archive})
lambda_runtime.Worker._spawn = one_by_one(lambda_runtime.Worker._spawn)
lambda_svc._acquire_execution_slot = patient(lambda_svc._acquire_execution_slot)

if __name__ == "__main__":
    sys.exit(main())
