"""Handlers run on what the layers ship, nothing more: each is imported by an interpreter that sees only the layers."""

import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import pytest

from layers import pruning
from tests.architecture.template import ROOT, functions

FUNCTIONS = functions()
RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
ARCHITECTURE = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
PROBE = """
import importlib, json, sys
sys.path[:0] = sys.argv[2:]
importlib.import_module(sys.argv[1])
print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))
"""
HEAVY = {
    "telegram",
    "google",
    "pynamodb",
    "cryptography",
    "httpx",
    "aws_lambda_powertools",
    "pydantic",
    "chalice",
}
CALLED = re.compile(r'\bclient\(\s*"([a-z0-9-]+)"')
FUNCTION_FILES = sorted((ROOT / "functions").rglob("*.py"))
UNZIPPED_LIMIT_MB = 80
"""Of all layers together, with bytecode; Lambda's own limit of what one function loads is 250."""


@pytest.fixture(scope="session")
def layers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = {}
    for layer in ("core", "ai", "files"):
        made[layer] = tmp_path_factory.mktemp(layer)
        command = [
            sys.executable,
            str(ROOT / "layers" / "build.py"),
            layer,
            "--to",
            str(made[layer]),
        ]
        options = ["--runtime", RUNTIME, "--architecture", ARCHITECTURE]
        subprocess.run([*command, *options], check=True, capture_output=True)  # noqa: S603
    return made


def loaded(name: str, layers: dict[str, Path]) -> set[str]:
    """Top-level modules after the import of a function's handler."""
    function = FUNCTIONS[name]
    paths = [str(ROOT / "functions")]
    paths += [
        str(layers[ref["Ref"].removesuffix("Layer").lower()] / "python")
        for ref in function["Layers"]
    ]
    module = function["Handler"].rpartition(".")[0]
    variables = dict.fromkeys(function["Environment"]["Variables"], "x")
    environment = {
        **os.environ,
        **variables,
        "LOG_LEVEL": "INFO",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    done = subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-I", "-S", "-c", PROBE, module, *paths],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_handler_imports_from_the_layers_alone(name: str, layers: dict[str, Path]) -> None:
    modules = loaded(name, layers)
    assert "comeback" in modules
    if name.endswith("Webhook"):
        assert modules & HEAVY == set()


@pytest.mark.parametrize(
    "module",
    [
        "telegram",
        "httpx",
        "pynamodb.models",
        "cryptography.hazmat.primitives.ciphers.aead",
        "chalice",
        "phonenumbers",
        "babel.dates",
        "google.genai",
    ],
)
def test_library_runs_after_pruning(module: str, layers: dict[str, Path]) -> None:
    paths = [str(folder / "python") for folder in layers.values()]
    command = [sys.executable, "-I", "-S", "-c", PROBE, module, *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr[-2000:]


ADDRESSES = """
import json, sys
sys.path[:0] = sys.argv[1:]
import boto3
session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x")
services = [s for s in session.get_available_services() if s in %r]
regions = ("us-east-1", "eu-central-1", "me-central-1", "cn-north-1", "us-gov-west-1")
made = [session.client(service, region) for service in services for region in regions]
print(json.dumps([(c.meta.endpoint_url, c.meta.config.signature_version) for c in made]))
"""


def test_services_are_found_where_they_are(layers: dict[str, Path]) -> None:
    """What was taken out of botocore's table of addresses is not asked for."""
    asked = ADDRESSES % (sorted(pruning.SERVICES),)
    pruned = [sys.executable, "-I", "-S", "-c", asked, str(layers["core"] / "python")]
    whole = [sys.executable, "-c", asked]
    ours, theirs = (
        json.loads(subprocess.run(c, capture_output=True, text=True, check=True).stdout)  # noqa: S603
        for c in (pruned, whole)
    )
    assert len(ours) == 5 * len(pruning.SERVICES)
    assert ours == theirs


def test_bytecode_can_not_go_stale(layers: dict[str, Path]) -> None:
    """Flags of a .pyc: 1 is hash-based, never checked against the source (PEP 552)."""
    compiled = [*(layers["core"] / "python" / "comeback").rglob("*.pyc")]
    assert compiled
    assert {int.from_bytes(file.read_bytes()[4:8], "little") for file in compiled} == {1}


def test_layers_are_small(layers: dict[str, Path]) -> None:
    sizes = {
        name: sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1_000_000
        for name, folder in layers.items()
    }
    assert sum(sizes.values()) < UNZIPPED_LIMIT_MB, sizes


def test_the_layer_describes_every_service_that_is_called(layers: dict[str, Path]) -> None:
    sources = [*(ROOT / "layers" / "core" / "comeback").rglob("*.py"), *FUNCTION_FILES]
    called = {name for file in sources for name in CALLED.findall(file.read_text())}
    described = layers["core"] / "python" / "botocore" / "data"
    assert called >= {"sqs", "cognito-idp"}
    assert [name for name in sorted(called) if not (described / name).is_dir()] == []
