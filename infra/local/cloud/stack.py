"""Builds the layers and deploys `template.yaml` on the local cloud with the SAM CLI: the very template that AWS gets."""

import hashlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import boto3

from cloud import places
from cloud.processes import CanNotStart

ARTIFACTS = "comeback-artifacts"
SOURCES = ("functions", "layers", "infra/statemachines", "template.yaml", "requirements.txt")
BUILT = places.ROOT / ".build" / "sam"
MARK = places.ROOT / ".build" / "mark"


def runtime() -> str:
    """MiniStack runs functions on its own interpreter, so the local build is for that one."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def architecture() -> str:
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


def build() -> bool:
    """False when nothing changed since the last build."""
    mark = _fingerprint()
    if MARK.exists() and MARK.read_text() == mark and (BUILT / "template.yaml").exists():
        return False
    layers = [sys.executable, str(places.ROOT / "layers" / "build.py"), "--uv", _uv()]
    _run([*layers, "--runtime", runtime(), "--architecture", architecture()])
    _run([str(places.SAM), "build", "--build-dir", str(BUILT), "--cached"])
    MARK.write_text(mark)
    return True


def deploy(parameters: Mapping[str, str] | None = None) -> dict[str, str]:
    """Deploys the last build and answers the stack's outputs, kept in `.local/outputs.json` too."""
    s3 = boto3.client("s3", **client_arguments())
    s3.create_bucket(Bucket=ARTIFACTS)
    overrides = [f"{k}={v}" for k, v in {**local_parameters(), **(parameters or {})}.items() if v]
    command = [str(places.SAM), "deploy", "--template-file", str(BUILT / "template.yaml")]
    command += ["--stack-name", places.STACK, "--s3-bucket", ARTIFACTS, "--region", places.REGION]
    command += ["--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset"]
    command += ["--no-fail-on-empty-changeset", "--parameter-overrides", *overrides]
    _run(command)
    outputs = _outputs()
    places.OUTPUTS.write_text(json.dumps(outputs, indent=1))
    return outputs


def local_parameters() -> dict[str, str]:
    world = places.world_url()
    return {
        "Stage": places.STAGE,
        "Runtime": runtime(),
        "Architecture": architecture(),
        "DeletionProtection": "false",
        "ClockUrl": f"{world}/world/clock",
        "TelegramBaseUrl": f"{world}/telegram",
        "WhatsappBaseUrl": f"{world}/whatsapp",
        "YclientsBaseUrl": f"{world}/yclients",
        "GeminiBaseUrl": f"{world}/gemini",
    }


def client_arguments() -> dict[str, str]:
    return {
        "endpoint_url": places.aws_url(),
        "aws_access_key_id": "test",
        "aws_secret_access_key": "test",
        "region_name": places.REGION,
    }


def api_url(outputs: Mapping[str, str]) -> str:
    """Where MiniStack serves the REST API."""
    return f"{places.aws_url()}/restapis/{outputs['ApiId']}/v1/_user_request_"


def _outputs() -> dict[str, str]:
    cloudformation = boto3.client("cloudformation", **client_arguments())
    (stack,) = cloudformation.describe_stacks(StackName=places.STACK)["Stacks"]
    return {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}


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


def _uv() -> str:
    own = places.LOCAL / "uv" / "bin" / "uv"
    return str(own) if own.exists() else "uv"


def _run(command: list[str]) -> None:
    """Quiet unless it fails. Raises CanNotStart with the last lines."""
    environment = {**os.environ, **places.aws_environment()}
    done = subprocess.run(
        command, cwd=places.ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise CanNotStart(f"{Path(command[0]).name} {command[1]} failed:\n{tail}")
