"""Brings the local cloud up and down. Both are safe to repeat."""

import os
import sys
import time
from datetime import datetime

from cloud import places, processes, stack
from cloud.processes import CanNotStart

WORLD, CLOUD = "world", "ministack"


def start(now: datetime, speed: float = 1.0, limits: bool = True, seed: int = 1) -> None:
    """Starts MiniStack and the world. `speed`: how many simulated seconds a state machine's wait takes per second.

    Raises CanNotStart: a missing tool or a taken port, in one line.
    """
    stop()
    if not places.MINISTACK.exists() or not places.SAM.exists():
        raise CanNotStart("the local cloud is not installed: run `make install`")
    processes.free_or_complain(places.aws_port(), "COMEBACK_AWS_PORT")
    processes.free_or_complain(places.world_port(), "COMEBACK_WORLD_PORT")
    processes.start(CLOUD, [str(places.MINISTACK)], cloud_environment(speed), places.aws_url())
    command = [sys.executable, "-m", "world", "--port", str(places.world_port())]
    command += ["--now", now.isoformat(), "--seed", str(seed), *([] if limits else ["--no-limits"])]
    here = {"PYTHONPATH": str(places.ROOT / "infra" / "local")}
    processes.start(WORLD, command, here, f"{places.world_url()}/world/clock")


def cloud_environment(speed: float) -> dict[str, str]:
    """IAM is enforced, only loopback is served, waits of state machines are scaled."""
    return {
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(places.aws_port()),
        "MINISTACK_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SFN_WAIT_SCALE": f"{1 / speed:.8f}",
        "LOG_LEVEL": os.environ.get("MINISTACK_LOG_LEVEL", "WARNING"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }


def stop() -> None:
    for name in (WORLD, CLOUD):
        processes.stop(name)


def up(now: datetime, speed: float = 1.0, limits: bool = True, say: bool = True) -> dict[str, str]:
    """Everything: processes, build, deploy. Answers the stack's outputs."""
    began = time.monotonic()

    def told(what: str) -> None:
        if say:
            print(f"  {time.monotonic() - began:5.1f} s  {what}", flush=True)

    start(now, speed, limits)
    told("local cloud and world are running")
    told("built" if stack.build() else "build is up to date")
    outputs = stack.deploy()
    told("deployed template.yaml with the SAM CLI")
    return outputs
