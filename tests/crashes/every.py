"""All scenarios, and what a use case is: whatever runtime.wiring composes."""

import ast
import inspect
from functools import cache

from comeback.runtime import wiring

from tests.crashes import clients, doubts, journeys, office, rules, steering, talk, ticks
from tests.crashes.points import Point, Scenario, points

SCENARIOS: list[Scenario] = [
    *journeys.SCENARIOS,
    *talk.SCENARIOS,
    *steering.SCENARIOS,
    *doubts.SCENARIOS,
    *ticks.SCENARIOS,
    *clients.SCENARIOS,
    *rules.SCENARIOS,
    *office.SCENARIOS,
]
NO_USE_CASES = {
    "clock": "a port",
    "store": "a port",
    "secrets": "an adapter",
    "local_today": "reads one company and the clock",
    "fail_wait": "one call of Step Functions",
    "hide_outbound": "one call of SQS",
    "results": "reads only",
    "find_clients": "reads only",
    "look_at": "reads only",
    "as_stored": "a port",
    "journey_list": "reads only",
    "standing_today": "reads only",
    "api_address": "a setting",
    "letters": "sends, then deletes; twice does no harm: tests/unit/runtime/test_letters.py",
}
"""Wiring's other public functions, and why they are none."""


@cache
def every_point() -> tuple[Point, ...]:
    return tuple(point for scenario in SCENARIOS for point in points(scenario))


def factories() -> set[str]:
    """Public functions that wiring defines."""
    tree = ast.parse(inspect.getsource(wiring))
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    return {name for name in defined if not name.startswith("_")}
