"""Child processes that never stay behind: each in its own group, named by a pid file, killed as a group."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from cloud.places import LOCAL, LOGS

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
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            list(command),
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    _pid_file(name).write_text(str(process.pid))
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


def running(name: str) -> bool:
    pid = _pid(name)
    return pid is not None and _alive(pid)


def stop(name: str) -> None:
    """Ends the whole group; harmless when it is gone."""
    pid = _pid(name)
    if pid is not None and _alive(pid):
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, sign)
            deadline = time.monotonic() + STOP_SECONDS
            while time.monotonic() < deadline and _alive(pid):
                time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    _pid_file(name).unlink(missing_ok=True)


def _pid_file(name: str) -> Path:
    LOCAL.mkdir(exist_ok=True)
    return LOCAL / f"{name}.pid"


def _pid(name: str) -> int | None:
    try:
        return int(_pid_file(name).read_text())
    except (FileNotFoundError, ValueError):
        return None


def _alive(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
