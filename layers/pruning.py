"""What of the installed packages never runs on Lambda. tests/architecture imports every handler from what is left."""

import json
import shutil
from pathlib import Path

SERVICES = {
    "cognito-idp", "dynamodb", "kms", "lambda", "sqs", "stepfunctions", "s3", "secretsmanager", "sts",
}  # fmt: skip
"""botocore describes 443 services; we call these."""
ENDPOINTS = SERVICES - {"stepfunctions"} | {"states"}
"""As their addresses are called."""

KEPT: dict[str, set[str]] = {
    "botocore/data": SERVICES
    | {"endpoints.json", "partitions.json", "sdk-default-configuration.json", "_retry.json"},
    "babel/locale-data": {"root.dat", "en.dat", "en_US.dat", "ru.dat", "ru_RU.dat"},
    "chalice": {"__init__.py", "app.py", "analyzer.py", "__version__.py"},
    "aws_lambda_powertools/utilities": {"__init__.py", "jmespath_utils", "typing"},
}
"""Folder → all that stays in it."""

DROPPED = (
    "aws_lambda_powertools/event_handler",
    "boto3/data",  # the resource API
    "boto3/examples",
    "telegram/ext",  # we use the bare Bot
    # Of the ciphers we use one; certificates and key files are not ours to read.
    "cryptography/x509",
    "cryptography/hazmat/asn1",
    "cryptography/hazmat/primitives/twofactor",
    "cffi",  # what its compiled half needs of it is _cffi_backend alone
    "pycparser",
    # Google's client signs with these for service accounts; we have API keys.
    "pyasn1",
    "pyasn1_modules",
    "requests",
    "charset_normalizer",
    "google/genai/_gaos",  # its agents' API
    # Pictures are drawn and saved as PNG.
    "PIL/_avif*.so",
    "pillow.libs/libavif*",
    "PIL/_imagingcms*.so",
    "pillow.libs/liblcms2*",
    "bin",
    "**/*.pyi",
    "**/*.pyx",
    "**/*.[ch]",
    "**/tests",
    "**/__pycache__",
)


def prune(layer: Path) -> None:
    for name, kept in KEPT.items():
        for found in [*layer.glob(f"{name}/*")]:
            if found.name not in kept:
                _remove(found)
    for pattern in DROPPED:
        for found in [*layer.glob(pattern)]:
            _remove(found)
    for info in layer.glob("*.dist-info"):
        _keep_the_version(info)
    for addresses in layer.glob("botocore/data/endpoints.json"):
        _keep_our_endpoints(addresses)
    (layer / ".lock").unlink(missing_ok=True)


def subtract(layer: Path, other: Path) -> None:
    """What the other layer has already."""
    for found in [*layer.iterdir()]:
        if (other / found.name).exists():
            _remove(found)


def _keep_the_version(info: Path) -> None:
    """importlib.metadata.version() reads it."""
    head = (info / "METADATA").read_text().split("\n\n", 1)[0]
    shutil.rmtree(info)
    info.mkdir()
    wanted = [
        line for line in head.splitlines() if line.startswith(("Metadata-", "Name", "Version"))
    ]
    (info / "METADATA").write_text("\n".join(wanted) + "\n")


def _keep_our_endpoints(addresses: Path) -> None:
    """Every process that makes a client reads the whole file, 1.2 MB of what we never call."""
    known = json.loads(addresses.read_text())
    for partition in known["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in services if name in ENDPOINTS}
    addresses.unlink()  # a hard link into uv's cache: the copy there stays whole
    addresses.write_text(json.dumps(known, separators=(",", ":")))


def _remove(found: Path) -> None:
    if found.is_dir() and not found.is_symlink():
        shutil.rmtree(found)
    else:
        found.unlink(missing_ok=True)
