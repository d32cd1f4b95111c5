"""Builds and deploys `template.yaml` on the local cloud with the SAM CLI: the very template that AWS gets."""

import fcntl
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3
import yaml
from botocore.config import Config

from cloud import places, processes
from cloud.processes import CanNotStart

SOURCES = ("functions", "layers", "infra/statemachines", "template.yaml", "requirements.txt")
MARK = places.BUILD / "mark"


def runtime() -> str:
    """MiniStack runs functions on its own interpreter, so the local build is for that one."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def architecture() -> str:
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


def build() -> bool:
    """False when nothing changed since the last build."""
    places.BUILD.mkdir(parents=True, exist_ok=True)
    with (places.BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        mark = _fingerprint()
        if MARK.exists() and MARK.read_text() == mark:
            return False
        MARK.unlink(missing_ok=True)
        for cache in [*(places.ROOT / "functions").rglob("__pycache__")]:
            shutil.rmtree(cache, ignore_errors=True)
        target = {"RUNTIME": runtime(), "ARCHITECTURE": architecture(), "PYTHON": sys.executable}
        _sam("build", environment=target)
        _definitions_as_json()
        MARK.write_text(mark)
        return True


def deploy(parameters: Mapping[str, str] | None = None) -> dict[str, str]:
    """Deploys the last build and answers the stack's outputs, which are kept in the run folder too."""
    client("s3").create_bucket(Bucket=places.ARTIFACTS)
    overrides = {**local_parameters(), **(parameters or {})}
    _sam("deploy", "--parameter-overrides", *(f"{k}={v}" for k, v in overrides.items()))
    outputs = _outputs()
    places.outputs_file().write_text(json.dumps(outputs, indent=1))
    return outputs


def local_parameters() -> dict[str, str]:
    world = places.world_url()
    return {
        "Stage": places.STAGE,
        "Runtime": runtime(),
        "Architecture": architecture(),
        "DeletionProtection": "false",
        "Mfa": "OPTIONAL",  # who tries the demo has no authenticator app at hand
        "Schedules": "DISABLED",
        "ClockUrl": f"{world}/world/clock",
        "ApiAddress": f"{places.aws_url()}/restapis/{{api}}/v1/_user_request_",
        "TelegramBaseUrl": f"{world}/telegram",
        "WhatsappBaseUrl": f"{world}/whatsapp",
        "YclientsBaseUrl": f"{world}/yclients",
        "YclientsPerSecond": "500",  # simulated weeks pass in minutes
        "YclientsPerMinute": "30000",
        "GeminiBaseUrl": f"{world}/gemini",
    }


def client_arguments() -> dict[str, str]:
    """What makes a boto3 client one of the local cloud's root user."""
    return {
        "endpoint_url": places.aws_url(),
        "aws_access_key_id": "test",
        "aws_secret_access_key": "test",
        "region_name": places.REGION,
    }


def client(service: str, config: Config | None = None) -> Any:
    """`Any`: stubs differ by service."""
    make: Callable[..., Any] = boto3.client
    return make(service, config=config, **client_arguments())


def api_url(outputs: Mapping[str, str]) -> str:
    """Where MiniStack serves the REST API."""
    return f"{places.aws_url()}/restapis/{outputs['ApiId']}/v1/_user_request_"


def _outputs() -> dict[str, str]:
    (stack,) = client("cloudformation").describe_stacks(StackName=places.STACK)["Stacks"]
    return {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}


def _definitions_as_json() -> None:
    """AWS reads state machines in YAML or JSON, MiniStack in JSON alone."""
    built = places.BUILD / "sam" / "template.yaml"
    template = built.read_text()
    for source in (places.ROOT / "infra" / "statemachines").glob("*.asl.yaml"):
        made = built.with_name(f"{source.stem}.json")
        definition = json.dumps(yaml.safe_load(source.read_text()))
        made.write_text(re.sub(r'(Seconds": )"(\$\{\w+\})"', r"\1\2", definition))
        template = re.sub(
            rf"DefinitionUri: \S*{source.name}", f"DefinitionUri: {made.name}", template
        )
    built.write_text(template)


def _fingerprint() -> str:
    digest = hashlib.sha256(f"{runtime()}{architecture()}".encode())
    for source in SOURCES:
        path = places.ROOT / source
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if _counts(p))
        for file in files:
            digest.update(str(file.relative_to(places.ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()


def _counts(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


def _sam(command: str, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
    """Quiet unless it fails. Raises CanNotStart with the last lines."""
    done = subprocess.run(
        [str(places.SAM), command, "--config-env", "local", *arguments],
        cwd=places.ROOT,
        env={**os.environ, **places.aws_environment(), **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines()
        lines = [line for line in said if line.strip() and "pload" not in line][-10:]
        raise CanNotStart("\n".join([f"sam {command} failed:", *lines, *_refusals()]))


def _refusals() -> list[str]:
    """What MiniStack could not make, in its words: CloudFormation's own answer does not say."""
    log = processes.log_file("ministack")
    said = log.read_text(errors="replace").splitlines() if log.exists() else []
    return [line for line in said if "Failed to provision" in line][-3:]
