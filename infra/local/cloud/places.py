"""Where things are on this machine, and the ports. What runs on other ports keeps to a folder of its own."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LOCAL = ROOT / ".local"
BUILD = LOCAL / "build"
MINISTACK = LOCAL / "ministack" / "bin" / "ministack"
SAM = LOCAL / "sam" / "bin" / "sam"
MICROBURST = LOCAL / "microburst" / "bin" / "microburst"
REGION = "us-east-1"
STACK = "comeback"
STAGE = "local"
ARTIFACTS = "comeback-artifacts"
AWS_PORT = "COMEBACK_AWS_PORT"
WORLD_PORT = "COMEBACK_WORLD_PORT"
EDGE_PORT = "COMEBACK_CONSOLE_PORT"


def aws_port() -> int:
    return int(os.environ.get(AWS_PORT, "4566"))


def world_port() -> int:
    return int(os.environ.get(WORLD_PORT, "4600"))


def edge_port() -> int:
    return int(os.environ.get(EDGE_PORT, "4700"))


def aws_url() -> str:
    return f"http://127.0.0.1:{aws_port()}"


def world_url() -> str:
    return f"http://127.0.0.1:{world_port()}"


def console_url() -> str:
    """Where the edge serves it; on AWS it is the distribution's name."""
    return f"http://127.0.0.1:{edge_port()}"


def run_folder() -> Path:
    """Process ids, logs, outputs and scratch files of this local cloud."""
    folder = LOCAL / "run" / str(aws_port())
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def outputs_file() -> Path:
    return run_folder() / "outputs.json"


def aws_environment() -> dict[str, str]:
    """What makes boto3 and the SAM CLI talk to the local cloud, as its root user."""
    return {
        "AWS_ENDPOINT_URL": aws_url(),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.3",
        "NO_PROXY": "127.0.0.1,localhost",
    }
