"""Runs MiniStack with three changes: policies hear which keys of a table a request is about (leading_keys.py), who signs in sets
up an authenticator app where one is wanted (authenticators.py), and a layer is unpacked once: further workers get a link.

MiniStack unpacks 80 MB for each new worker, one after the other under its own lock: a campaign's first minute, when dozens of
workers start, took longer than the rest of the day. AWS unpacks nothing at that point either. Runs on MiniStack's interpreter.
"""

import contextlib
import hashlib
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

import authenticators  # type: ignore[import-not-found]  # beside this file, which runs as a script
import leading_keys  # type: ignore[import-not-found]  # beside this file, which runs as a script
from ministack.app import main  # type: ignore[import-not-found]  # lives in its own environment
from ministack.core import iam_actions, iam_evaluator  # type: ignore[import-not-found]
from ministack.services import cognito  # type: ignore[import-not-found]

MANY = 200
"""Archives of more members are layers; a function's own code is small and unpacked as always."""
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


zipfile.ZipFile.extractall = linked  # type: ignore[method-assign]

leading_keys.taught(iam_actions, iam_evaluator)
authenticators.taught(cognito)

if __name__ == "__main__":
    sys.exit(main())
