"""Child processes that never stay behind: each leads a group of its own and is ended with the whole group.

A process holds a lock on its pid file for as long as it lives, so a file left by a crash or a restart of the machine is
never mistaken for a running process.
"""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from cloud.places import run_folder

START_SECONDS = 60.0
STOP_SECONDS = 8.0


class CanNotStart(RuntimeError):
    """One line for the person at the terminal: what is wrong and what to do."""


def free_or_complain(port: int, variable: str) -> None:
    """Raises CanNotStart when something listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise CanNotStart(
                f"port {port} is taken: stop what uses it, or set {variable} to a free port"
            )


def start(name: str, command: Sequence[str], environment: Mapping[str, str], ready: str) -> None:
    """Starts in the background and returns once `ready` (a URL) answers. Raises CanNotStart."""
    log = log_file(name)
    with log.open("wb") as output, _pid_file(name).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        process = subprocess.Popen(
            list(command),
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=[held.fileno()],
        )
        held.write(str(process.pid))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            tail = log.read_text(errors="replace").strip().splitlines()[-1:]
            raise CanNotStart(f"{name} stopped at once: {''.join(tail)} (see {log})")
        if _answers(ready):
            return
        time.sleep(0.1)
    stop(name)
    raise CanNotStart(f"{name} did not answer within {START_SECONDS:.0f} s (see {log})")


def log_file(name: str) -> Path:
    return run_folder() / f"{name}.log"


def running(name: str) -> bool:
    return _pid(name) is not None


def stop(name: str) -> None:
    """Ends the whole group; harmless when it is gone."""
    pid = _pid(name)
    if pid is not None:
        _signal(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and running(name):
            time.sleep(0.05)
        _signal(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
    _pid_file(name).unlink(missing_ok=True)


def _signal(group: int, sign: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, sign)


def _pid_file(name: str) -> Path:
    return run_folder() / f"{name}.pid"


def _pid(name: str) -> int | None:
    """None unless the process still holds its file."""
    try:
        with _pid_file(name).open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read())
    except (FileNotFoundError, ValueError):
        pass
    return None


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310  # our own, on loopback
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
