"""The gate judges a change, not chance: every run of the same code tries the same examples. Look for new ones by hand:
`pytest --hypothesis-profile=explore`.

A test that tries a fault, or several, says so: `@pytest.mark.fault("what was done", "what came of it")`, and stands in the
README's table, which `make faults` prints.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache

import botocore.session
import pytest
from hypothesis import settings

settings.register_profile("gate", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("explore", max_examples=2_000, deadline=None, print_blob=True)
settings.load_profile("gate")

FAULT = "fault"
Told = tuple[str, str]
TRIED: dict[Told, Counter[str]] = defaultdict(Counter)
"""(fault, outcome) → how the tests of it ended. A worker of xdist hands its own over in its reports."""


@pytest.fixture(scope="session", autouse=True)
def _service_models_read_once() -> Iterator[None]:
    """Else every new session of boto3 reads megabytes of them anew: 0.1 seconds a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", cache(botocore.session.create_loader))
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--faults", action="store_true", help="prints the faults tried, as a table")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{FAULT}(fault, outcome): a fault that the test tries")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers(FAULT):
            fault, outcome = mark.args
            item.user_properties.append((FAULT, [fault, outcome]))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when != "call" and report.passed:
        return
    for name, told in report.user_properties:
        if name == FAULT and isinstance(told, list):
            TRIED[told[0], told[1]][report.outcome] += 1


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if not config.getoption("--faults"):
        return
    terminalreporter.write_line("| Fault | What came of it | Tests |")
    terminalreporter.write_line("|---|---|---|")
    rows = (
        (_capital(fault), _capital(outcome), ", ".join(f"{n:,} {how}" for how, n in ended.items()))
        for (fault, outcome), ended in TRIED.items()
    )
    for row in sorted(rows):
        terminalreporter.write_line(f"| {' | '.join(row)} |")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
