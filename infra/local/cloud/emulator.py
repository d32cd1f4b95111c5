"""Runs MiniStack with four changes: policies hear which keys of a table a request is about (leading_keys.py), who signs in sets
up an authenticator app where one is wanted (authenticators.py), a layer is unpacked once (further workers get a link), and
who finds no worker free may wait for one.

MiniStack unpacks 80 MB for each new worker, one after the other under its own lock: a campaign's first minute, when dozens of
workers start, took longer than the rest of the day. AWS unpacks nothing at that point either. Runs on MiniStack's interpreter.
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
from typing import Any

import authenticators  # type: ignore[import-not-found]  # beside this file, which runs as a script
import leading_keys  # type: ignore[import-not-found]  # beside this file, which runs as a script
from ministack.app import main  # type: ignore[import-not-found]  # lives in its own environment
from ministack.core import iam_actions, iam_evaluator  # type: ignore[import-not-found]
from ministack.services import cognito, lambda_svc  # type: ignore[import-not-found]

MANY = 200
"""Archives of more members are layers; a function's own code is small and unpacked as always."""
LOOK_AGAIN_SECONDS = 0.02
unpack = zipfile.ZipFile.extractall


def linked(self: zipfile.ZipFile, path: Any = None, members: Any = None, pwd: Any = None) -> None:
    if members is not None or path is None or len(self.namelist()) < MANY or not self.filename:
        unpack(self, path, members, pwd)
        return
    digest = hashlib.sha256(Path(self.filename).read_bytes()).hexdigest()[:24]
    store = Path(os.environ["TMPDIR"]) / "layers" / digest
    if not store.exists():
        building = store.with_name(f"{digest}.{os.getpid()}.{id(self)}")
        unpack(self, building)
        with contextlib.suppress(OSError):  # another thread was faster: theirs is the same
            building.rename(store)
    for found in store.iterdir():
        (Path(path) / found.name).symlink_to(found)


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


zipfile.ZipFile.extractall = linked  # type: ignore[method-assign]

leading_keys.taught(iam_actions, iam_evaluator)
authenticators.taught(cognito)
lambda_svc._acquire_execution_slot = patient(lambda_svc._acquire_execution_slot)

if __name__ == "__main__":
    sys.exit(main())
