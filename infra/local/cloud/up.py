"""Brings the local cloud up and down. Both are safe to repeat."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cloud import places, processes, stack
from cloud.processes import CanNotStart

WORLD, CLOUD, EDGE = "world", "ministack", "console"
PUBLISH = places.ROOT / "infra" / "admin" / "publish.py"


def start(now: datetime, speed: float = 1.0, limits: bool = True, seed: int = 1) -> None:
    """Starts MiniStack and the world. `speed`: how many simulated seconds a state machine's wait takes per second.

    Raises CanNotStart: a missing tool or a taken port, in one line.
    """
    stop()
    if not places.MINISTACK.exists() or not places.SAM.exists():
        raise CanNotStart("the local cloud is not installed: run `make install`")
    processes.free_or_complain(places.aws_port(), places.AWS_PORT)
    processes.free_or_complain(places.world_port(), places.WORLD_PORT)
    processes.free_or_complain(places.edge_port(), places.EDGE_PORT)
    emulator = [
        str(places.MINISTACK.with_name("python")),
        str(Path(__file__).with_name("emulator.py")),
    ]
    processes.start(CLOUD, emulator, cloud_environment(speed), places.aws_url())
    command = [sys.executable, "-m", "world", "--port", str(places.world_port())]
    command += ["--now", now.isoformat(), "--seed", str(seed), *([] if limits else ["--no-limits"])]
    here = {"PYTHONPATH": str(places.ROOT / "infra" / "local")}
    processes.start(WORLD, command, here, f"{places.world_url()}/world/clock")


def cloud_environment(speed: float) -> dict[str, str]:
    """IAM is enforced, only loopback is served, waits of state machines are scaled, scratch files stay with us."""
    scratch = places.run_folder() / "scratch"
    scratch.mkdir(exist_ok=True)
    return {
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(places.aws_port()),
        "MINISTACK_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SFN_WAIT_SCALE": f"{1 / speed:.8f}",
        "LOG_LEVEL": os.environ.get("MINISTACK_LOG_LEVEL", "WARNING"),
        "LAMBDA_ACCOUNT_CONCURRENCY": os.environ.get("MINISTACK_CONCURRENCY", "1000"),
        "LAMBDA_PATIENCE_SECONDS": os.environ.get("MINISTACK_PATIENCE", "0"),
        "FIFO_BATCHES": os.environ.get("MINISTACK_FIFO_BATCHES", "1"),
        "TMPDIR": str(scratch),
        "STATE_DIR": str(scratch / "state"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": "",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }


def stop() -> None:
    for name in (EDGE, WORLD, CLOUD):
        processes.stop(name)
    shutil.rmtree(places.run_folder() / "scratch", ignore_errors=True)
    places.outputs_file().unlink(missing_ok=True)


def up(
    now: datetime,
    speed: float = 1.0,
    limits: bool = True,
    seed: int = 1,
    parameters: Mapping[str, str] | None = None,
    told: Callable[[str], None] | None = None,
) -> dict[str, str]:
    """Everything: processes, build, deploy. Answers the stack's outputs; `told` hears each phase as it ends."""
    tell = told or _print_with_time()
    start(now, speed, limits, seed)
    tell("local cloud and world are running")
    tell("functions and layers built" if stack.build() else "build is up to date")
    outputs = stack.deploy(parameters)
    tell("template.yaml deployed by the SAM CLI")
    open_console(outputs)
    tell(f"the console is at {places.console_url()}")
    return outputs


def open_console(outputs: Mapping[str, str]) -> None:
    """Publishes the files as they are now and starts the edge before them. Raises CanNotStart."""
    processes.stop(EDGE)
    publish_console()
    command = [sys.executable, "-m", "cloud.edge", "--port", str(places.edge_port())]
    command += ["--bucket", outputs["ConsoleBucketName"], "--api", stack.api_url(outputs)]
    here = {"PYTHONPATH": str(places.ROOT / "infra" / "local")}
    processes.start(EDGE, command, here, places.console_url())


def publish_console() -> None:
    """By the command that publishes on AWS. Raises CanNotStart."""
    done = subprocess.run(
        [sys.executable, str(PUBLISH), "--stack", places.STACK],
        env={**os.environ, **places.aws_environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CanNotStart(f"the console can not be published: {done.stderr.strip()[-500:]}")


@contextlib.contextmanager
def session(now: datetime, **options: Any) -> Iterator[dict[str, str]]:
    """`up`, and down again however the block ends: normally, by an error, Ctrl-C, or a polite kill."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C
    try:
        yield up(now, **options)
    finally:
        stop()
        signal.signal(signal.SIGTERM, before)


def _print_with_time() -> Callable[[str], None]:
    began = time.monotonic()
    return lambda what: print(f"  {time.monotonic() - began:5.1f} s  {what}", flush=True)
