"""`make fuzz N=100000`: new inputs, by hand and as long as one likes. With atheris (Linux) they are led by coverage; without
it they are mutations under a new seed. A finding is kept under tests/fuzz/regressions, where the gate tries it first.

    python -m tests.fuzz 100000 [parser …]         each parser gets its share of N
    python -m tests.fuzz --led 5000 PARSER         one parser under atheris, in the environment that has it
"""

import hashlib
import os
import subprocess
import sys
import time
import traceback
from importlib import import_module
from itertools import islice
from random import SystemRandom
from typing import Any

from tests.architecture.template import ROOT
from tests.fuzz.gate import quietly
from tests.fuzz.parser import Parser
from tests.fuzz.registry import PARSERS, REGRESSIONS, mutator

ENVIRONMENT = ROOT / ".local" / "atheris"
ATHERIS = ENVIRONMENT / "bin" / "python"
CORPUS = ROOT / ".local" / "fuzz"
LONGEST = 16_384


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--led"]:
        return _led(int(arguments[1]), PARSERS[arguments[2]])
    number, names = int(arguments[0]), arguments[1:] or list(PARSERS)
    total = sum(PARSERS[name].inputs for name in names)
    runs = {name: max(1, number * PARSERS[name].inputs // total) for name in names}
    led = any(ENVIRONMENT.glob("lib/python*/site-packages/atheris"))
    print("led by atheris" if led else "no atheris here (it has wheels for Linux alone): mutations")
    found = 0
    for name, n in runs.items():
        began = time.monotonic()
        bad = _under_atheris(name, n) if led else _mutated(PARSERS[name], n)
        print(f"{name:20} {n:8,} inputs {time.monotonic() - began:7.1f} s {'FOUND' if bad else ''}")
        found += bad
    return min(found, 1)


def _mutated(parser: Parser, number: int) -> int:
    seed = SystemRandom().randrange(2**32)
    with quietly():
        for data in islice(mutator(parser, seed).inputs(), number):
            try:
                parser.run(data)
            except Exception:
                _keep(parser, data)
                return 1
    return 0


def _keep(parser: Parser, data: bytes) -> None:
    folder = REGRESSIONS / parser.name
    folder.mkdir(exist_ok=True)
    file = folder / hashlib.sha256(data).hexdigest()[:12]
    file.write_bytes(data)
    traceback.print_exc()
    print(f"kept as {file.relative_to(ROOT)}", file=sys.stderr)


# ── atheris ──────────────────────────────────────────────────────────────────────────────────────


def _under_atheris(name: str, number: int) -> int:
    """A process each: libFuzzer ends with the first finding."""
    ours = [p for p in sys.path if p.endswith("site-packages")]
    paths = [str(ROOT), str(ROOT / "functions"), *os.environ["PYTHONPATH"].split(":"), *ours]
    env = {**os.environ, "PYTHONPATH": ":".join(paths), "AWS_DEFAULT_REGION": "us-east-1"}
    command = [str(ATHERIS), "-m", "tests.fuzz", "--led", str(number), name]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  # ourselves
    if done.returncode:
        print(done.stdout[-2_000:], done.stderr[-4_000:], file=sys.stderr)
    return int(done.returncode != 0)


def _led(number: int, parser: Parser) -> int:
    atheris: Any = import_module("atheris")
    corpus = CORPUS / parser.name
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in parser.seeds:
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    kept = REGRESSIONS / parser.name
    kept.mkdir(exist_ok=True)
    changing = mutator(parser, SystemRandom().randrange(2**32))

    def changed(data: bytes, longest: int, seed: int) -> bytes:
        """Half of the changes are libFuzzer's own, half know what a document is."""
        if seed % 2:
            return bytes(atheris.Mutate(data, longest))
        return changing.changed(data)[:longest]

    options = [f"-runs={number}", f"-max_len={LONGEST}", f"-artifact_prefix={kept}/", "-timeout=20"]
    for name, module in list(sys.modules.items()):
        if name.startswith(("comeback", "imports")):
            _instrument(module, atheris)
    with quietly():
        atheris.Setup(
            [sys.argv[0], *options, "-verbosity=0", str(corpus)],
            parser.run,
            custom_mutator=changed,
        )
        atheris.Fuzz()
    return 0


def _instrument(module: object, atheris: Any) -> None:
    """Modules were loaded by the registry: their functions are instrumented afterwards."""
    for value in list(vars(module).values()):
        if getattr(value, "__module__", None) == getattr(module, "__name__", "") and callable(
            value
        ):
            for function in (value, *vars(value).values()) if isinstance(value, type) else (value,):
                if hasattr(function, "__code__"):
                    atheris.instrument_func(function)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
