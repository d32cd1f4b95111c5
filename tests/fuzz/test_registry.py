"""No parser is forgotten: every function that reads what comes from outside runs when the registry's seeds are read."""

import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache

from tests.fuzz.decoders import Where, decoders, run
from tests.fuzz.gate import AT_LEAST, quietly
from tests.fuzz.registry import PARSERS, REGRESSIONS

OURS: Mapping[str, str] = {
    "layers/core/comeback/storage/": "reads what the same code has written to the table",
    "layers/core/comeback/runtime/wiring.py": "names the parsers",
    "layers/core/comeback/clients/sync.py": "its own cursor, from the table",
    "layers/core/comeback/reactivation/scene.py": "the state machine's input, which detect has written",
    "layers/core/comeback/runtime/clock.py": "the local cloud's simulated time",
    "layers/core/comeback/reactivation/naming.py": "makes a name out of a digest",
    "layers/core/comeback/rotation.py": "a date that make rotate has written, refused by name when it is none",
    "functions/api/admin/answers.py": "writes, and reads nothing",
    "functions/api/admin/wire/journeys.py": "the facts of an attempt, which generate has written",
    "functions/api/session/app.py": "claims in a token that Cognito has just given us; what comes in is read elsewhere",
    "layers/core/comeback/reactivation/generate.py": "writes facts, and reads nothing",
    "layers/core/comeback/reactivation/cancel.py": "`load` is the scene's, from the table",
    "layers/core/comeback/reactivation/manual.py": "`load` is the scene's, from the table",
    "layers/core/comeback/connections/connect.py": "its own note, from the table",
    "infra/admin/": "an administrator's terminal: what is wrong there is shown to them; their file is fuzzed",
}
"""Prefix of a path → why what is read there is not from outside."""


@cache
def reached() -> set[Where]:
    def every_seed() -> None:
        for parser in PARSERS.values():
            for seed in parser.seeds:
                with suppress(*parser.refuses):
                    parser.read(seed)

    forget()
    with quietly():
        return run(every_seed)


def forget() -> None:
    """What another test has asked before would be answered without reading."""
    ours = [module for name, module in sys.modules.items() if name.startswith("comeback.")]
    for module in ours:
        for value in vars(module).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


def test_every_function_that_reads_from_outside_is_fuzzed() -> None:
    outside = {found for found in decoders() if not found[0].startswith(tuple(OURS))}
    missing = sorted(outside - reached())
    assert missing == [], "give tests/fuzz/registry.py a parser whose seeds reach these"


def test_what_is_called_ours_still_reads_something() -> None:
    files = {file for file, _ in decoders()}
    assert [prefix for prefix in OURS if not any(f.startswith(prefix) for f in files)] == []


def test_a_new_reader_would_be_found() -> None:
    found = {name for _, name in decoders()}
    assert {"decoded", "client_of", "CompanySecrets._read", "_complaint", "handler"} <= found


def test_the_gate_tries_enough() -> None:
    assert sum(parser.inputs for parser in PARSERS.values()) >= AT_LEAST


def test_what_is_kept_belongs_to_a_parser() -> None:
    assert {folder.name for folder in REGRESSIONS.iterdir() if folder.is_dir()} <= set(PARSERS)
