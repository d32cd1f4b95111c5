"""Nothing has to be remembered: a use case, a port or a method that no scenario reaches fails here, by its name."""

from collections import Counter

import pytest

from tests.crashes.every import NO_USE_CASES, SCENARIOS, every_point, factories
from tests.crashes.points import Scenario, trace
from tests.crashes.watching import PORTS, methods, unknown_ports, unwatched, watch_all

NOT_REACHED: dict[str, str] = {
    "Calendar.cancel": "no use case cancels a booking yet",
    "Crm.cancel": "no use case cancels a booking yet",
    "Limits.take": "called by YCLIENTS' adapter alone",
    "Limits.note": "called by YCLIENTS' adapter alone",
    "Store.add_usage": "the meter's own, after the work is done; a cost estimate",
    "Store.heard": "read by the admin API alone",
    "Store.people": "read by the admin API alone",
    "Store.profiles": "read by the admin API alone",
    "Store.audit": "read by the admin API alone",
    "Store.gaps": "read by the admin API alone",
    "Store.days": "read by the admin API alone",
    "Store.save_company": "written by an administrator's command",
    "Store.messages": "read by the admin API alone",
}
"""Port method → why no use case dies at it."""


def test_every_use_case_that_wiring_composes_has_a_scenario() -> None:
    played = {scenario.use_case for scenario in SCENARIOS}
    missing = factories() - played - set(NO_USE_CASES)
    assert missing == set(), f"write a scenario in tests/crashes for wiring's {sorted(missing)}"
    assert played | set(NO_USE_CASES) == factories(), "wiring no longer has these"


def test_every_scenario_has_a_name_of_its_own() -> None:
    names = Counter((scenario.use_case, scenario.name) for scenario in SCENARIOS)
    assert [name for name, n in names.items() if n > 1] == []


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[f"{s.use_case}-{s.name}" for s in SCENARIOS])
def test_no_port_escapes_the_watch(scenario: Scenario) -> None:
    world = scenario.world()
    use_case = world.use(scenario.use_case)
    assert unwatched(use_case, world.outside) != []
    assert unknown_ports(use_case) == set(), "let tests/crashes/watching.py look into their module"
    watch_all(use_case, lambda _: None)
    assert unwatched(use_case, world.outside) == [], "reached past the watch"


def test_every_method_of_every_port_has_been_a_point() -> None:
    reached = {(PORTS[c.port], c.method) for scenario in SCENARIOS for c in trace(scenario)}
    missing = {
        f"{name}.{method}"
        for name, port in PORTS.items()
        for method in methods(port)
        if not any(method == done and port in kind.__mro__ for kind, done in reached)
    }
    assert missing - set(NOT_REACHED) == set(), "reach them in a scenario, or say why not"
    assert set(NOT_REACHED) - missing == set(), "these are reached now"


def test_the_points_are_many(capsys: pytest.CaptureFixture[str]) -> None:
    """Told with `-s`; a harness that lost its calls would pass everything."""
    played = Counter(point.scenario.use_case for point in every_point())
    with capsys.disabled():
        print(
            f"\n{len(every_point())} crash points, {len(SCENARIOS)} scenarios, {len(played)} use cases"
        )
    assert min(played.values()) >= 7
    assert len({point.name for point in every_point()}) == len(every_point())
