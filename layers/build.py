"""Builds one layer: only what runs, with bytecode that can not go stale. The layers' Makefiles call it for `sam build`.

    python layers/build.py core --to DIR --runtime python3.13 --architecture arm64

Wheels are chosen for the deployed platform, whatever the laptop's. Dependencies are cached by the hash of their pinned
list, so a change of our own code rebuilds in a second. Bytecode needs an interpreter of the deployed version; without
one the layer ships without, says so, and cold starts compile.
"""

import argparse
import compileall
import fcntl
import hashlib
import os
import py_compile
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pruning

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".local" / "cache" / "layers"
LAYERS = ("core", "ai", "files")
PLATFORMS = {"arm64": "aarch64-manylinux_2_28", "x86_64": "x86_64-manylinux_2_28"}


def main() -> int:
    options = _options()
    version = options.runtime.removeprefix("python")
    dependencies = _dependencies(version, options.architecture)
    target = options.to / "python"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(dependencies / options.layer, target, copy_function=os.link)
    if options.layer == "core":
        _add_ours(target / "comeback", version)
    print(
        f"layer {options.layer}: {_megabytes(target):.1f} MB for {options.runtime} {options.architecture}"
    )
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("layer", choices=LAYERS)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--runtime", default="python3.13")
    parser.add_argument("--architecture", choices=sorted(PLATFORMS), default="arm64")
    return parser.parse_args()


def _add_ours(ours: Path, version: str) -> None:
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "layers" / "core" / "comeback", ours, ignore=ignored)
    _compile(ours, version)


def _dependencies(version: str, architecture: str) -> Path:
    """All layers' third parties, installed once per list, version and architecture."""
    fingerprint = hashlib.sha256()
    lists = [ROOT / "requirements.txt", *sorted((ROOT / "layers").glob("*/*.txt"))]
    for file in (*lists, Path(__file__), Path(pruning.__file__)):
        fingerprint.update(file.read_bytes())
    folder = CACHE / f"{version}-{architecture}-{fingerprint.hexdigest()[:16]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _install(folder, version, architecture)
    return folder


def _install(folder: Path, version: str, architecture: str) -> None:
    """Into a folder of its own, renamed when whole, so that an interrupted build leaves no half of one."""
    building = folder.with_suffix(".building")
    shutil.rmtree(building, ignore_errors=True)
    platform = ["--python-version", version, "--python-platform", PLATFORMS[architecture]]
    install = [_uv(), "pip", "install", "--quiet", *platform, "--only-binary", ":all:"]
    for layer in LAYERS:
        target = ["--target", str(building / layer)]
        pinned = ["--constraint", str(ROOT / "requirements.txt")]
        wanted = ["-r", str(ROOT / "layers" / layer / "requirements.txt")]
        subprocess.run([*install, *pinned, *wanted, *target], check=True)
        alone = ROOT / "layers" / layer / "no-dependencies.txt"
        if alone.exists():
            subprocess.run([*install, "--no-deps", "-r", str(alone), *target], check=True)
    for layer in LAYERS[1:]:
        pruning.subtract(building / layer, building / "core")
    for layer in LAYERS:
        pruning.prune(building / layer)
        _compile(building / layer, version)
    building.rename(folder)


def _uv() -> str:
    own = ROOT / ".local" / "uv" / "bin" / "uv"
    found = str(own) if own.exists() else shutil.which("uv")
    if found is None:
        raise SystemExit("uv is missing: run `make install`")
    return found


def _compile(folder: Path, version: str) -> None:
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        compileall.compile_dir(str(folder), quiet=2, workers=0, invalidation_mode=mode)
        return
    interpreter = _interpreter(version)
    if interpreter:
        flags = ["-q", "-j", "0", "--invalidation-mode", "unchecked-hash"]
        subprocess.run([interpreter, "-m", "compileall", *flags, str(folder)], check=False)


@cache
def _interpreter(version: str) -> str | None:
    """Wherever it is: on the path, of a version manager, of uv. Nothing is downloaded."""
    find = [_uv(), "python", "find", "--no-python-downloads", version]
    found = subprocess.run(find, capture_output=True, text=True, check=False)
    if found.returncode == 0:
        return found.stdout.strip()
    print(f"no python{version} here: the layers ship without bytecode, cold starts compile")
    return None


def _megabytes(folder: Path) -> float:
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1_000_000


if __name__ == "__main__":
    sys.exit(main())
