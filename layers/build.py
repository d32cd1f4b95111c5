"""Builds the two layers into `.build/layers`: only what runs, with bytecode that can not go stale.

`python layers/build.py --runtime python3.13 --architecture arm64`. Dependencies are cached by the hash of their pinned
list, so a change of our own code rebuilds in a second. Wheels are chosen for the deployed platform, whatever the laptop's.
Bytecode needs an interpreter of the deployed version; without one the layers ship without, and cold starts compile.
"""

import argparse
import compileall
import hashlib
import os
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".local" / "cache" / "layers"
OUT = ROOT / ".build" / "layers"
PLATFORMS = {"arm64": "aarch64-manylinux_2_28", "x86_64": "x86_64-manylinux_2_28"}
BOTOCORE_SERVICES = {"dynamodb", "sqs", "stepfunctions", "s3", "secretsmanager", "sts"}
BOTOCORE_FILES = {
    "endpoints.json",
    "partitions.json",
    "sdk-default-configuration.json",
    "_retry.json",
}
BABEL_LOCALES = {"root", "en", "ru", "en_US", "ru_RU"}
NOT_SHIPPED = ("*.pyi", "tests", "test", "*.pyx", "*.c", "*.h", "bin", "examples")
NOT_NEEDED = {
    "boto3/examples",
    "chalice/cli",
    "chalice/deploy",
    "chalice/templates",
    "chalice/vendored",
}
RUNTIME_OF_CHALICE = {"__init__.py", "app.py", "analyzer.py", "__version__.py"}
TYPES_ONLY = {"pip", "setuptools", "wheel", "s3transfer/tests"}


def main() -> int:
    options = _options()
    version = options.runtime.removeprefix("python")
    fingerprint = hashlib.sha256()
    for file in (
        ROOT / "requirements.txt",
        *sorted((ROOT / "layers").glob("*/*.txt")),
        Path(__file__),
    ):
        fingerprint.update(file.read_bytes())
    key = f"{version}-{options.architecture}-{fingerprint.hexdigest()[:16]}"
    dependencies = CACHE / key
    if not dependencies.exists():
        _install(dependencies, version, options.architecture, options.uv)
    for layer in ("core", "ai"):
        target = OUT / layer / "python"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(dependencies / layer, target, copy_function=os.link)
    ours = OUT / "core" / "python" / "comeback"
    shutil.copytree(
        ROOT / "layers" / "core" / "comeback", ours, ignore=shutil.ignore_patterns("__pycache__")
    )
    _compile(ours, version)
    for layer in ("core", "ai"):
        print(f"layer {layer}: {_megabytes(OUT / layer):.1f} MB")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runtime", default="python3.13")
    parser.add_argument("--architecture", choices=sorted(PLATFORMS), default="arm64")
    parser.add_argument("--uv", default="uv")
    return parser.parse_args()


def _install(dependencies: Path, version: str, architecture: str, uv: str) -> None:
    """Into a folder of its own, renamed when whole, so that an interrupted build leaves no half of one."""
    building = dependencies.with_suffix(".building")
    shutil.rmtree(building, ignore_errors=True)
    where = ["--python-version", version, "--python-platform", PLATFORMS[architecture]]
    common = [uv, "pip", "install", "--quiet", *where, "--only-binary", ":all:"]
    pinned = ["--constraint", str(ROOT / "requirements.txt")]
    for layer in ("core", "ai"):
        wanted = ["-r", str(ROOT / "layers" / layer / "requirements.txt")]
        subprocess.run([*common, *pinned, *wanted, "--target", str(building / layer)], check=True)
    alone = ["--no-deps", "-r", str(ROOT / "layers" / "core" / "no-dependencies.txt")]
    subprocess.run([*common, *alone, "--target", str(building / "core")], check=True)
    for found in (building / "ai").iterdir():
        if (building / "core" / found.name).exists():
            _remove(found)
    for layer in ("core", "ai"):
        _prune(building / layer)
        _compile(building / layer, version)
    building.rename(dependencies)


def _prune(layer: Path) -> None:
    for found in sorted(layer.rglob("*"), reverse=True):
        name = found.relative_to(layer).as_posix()
        if not found.exists():
            continue
        unwanted = (
            any(found.match(pattern) for pattern in NOT_SHIPPED) or name in NOT_NEEDED | TYPES_ONLY
        )
        if unwanted or _is_unused_data(name) or name.endswith("__pycache__"):
            _remove(found)
    for info in layer.glob("*.dist-info"):
        for file in info.iterdir():
            if file.name != "METADATA":  # importlib.metadata.version() reads it
                _remove(file)
    _remove(layer / ".lock")


def _is_unused_data(name: str) -> bool:
    parts = name.split("/")
    if parts[:2] == ["botocore", "data"] and len(parts) == 3:
        return parts[2] not in BOTOCORE_SERVICES | BOTOCORE_FILES
    if parts[:2] == ["babel", "locale-data"] and len(parts) == 3:
        return parts[2].removesuffix(".dat") not in BABEL_LOCALES
    if parts[0] == "chalice" and len(parts) == 2:
        return parts[1] not in RUNTIME_OF_CHALICE
    return False


def _compile(folder: Path, version: str) -> None:
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        compileall.compile_dir(str(folder), quiet=2, workers=2, invalidation_mode=mode)
        return
    interpreter = shutil.which(f"python{version}")
    if interpreter is None:
        print(f"no python{version} here: {folder.name} ships without bytecode")
        return
    flags = ["-q", "-j", "2", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([interpreter, "-m", "compileall", *flags, str(folder)], check=False)


def _remove(found: Path) -> None:
    if found.is_dir() and not found.is_symlink():
        shutil.rmtree(found)
    else:
        found.unlink(missing_ok=True)


def _megabytes(folder: Path) -> float:
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1_000_000


if __name__ == "__main__":
    sys.exit(main())
