"""Chalice dispatches on the route's template: what an app serves and what template.yaml sends it are held together here."""

import importlib
from typing import Any

import pytest

from tests.architecture.template import functions


def served(app: Any) -> set[tuple[str, str]]:
    return {(method, path) for path, methods in app.routes.items() for method in methods}


def sent(function: str) -> set[tuple[str, str]]:
    events = [event["Properties"] for event in functions()[function]["Events"].values()]
    return {(event["Method"].upper(), event["Path"]) for event in events}


def app(function: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    found = functions()[function]
    for variable in found["Environment"]["Variables"]:
        monkeypatch.setenv(variable, "INFO" if variable == "LOG_LEVEL" else "x")
    return importlib.import_module(found["Handler"].rpartition(".")[0]).app


def test_signing_in_has_a_route_for_each_view(monkeypatch: pytest.MonkeyPatch) -> None:
    assert served(app("SessionApi", monkeypatch)) == sent("SessionApi")


def test_the_admin_apis_routes_cover_its_views(monkeypatch: pytest.MonkeyPatch) -> None:
    """One route per method stands for all paths under /admin; `dispatch.py` finds the view."""
    views = served(app("AdminApi", monkeypatch))
    assert all(path.startswith("/admin/") for _, path in views)
    assert {(method, "/admin/{proxy+}") for method, _ in views} <= sent("AdminApi")
    assert all(path == "/admin/{proxy+}" for _, path in sent("AdminApi"))


def test_every_view_of_a_company_says_who_may_call_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each was declared by `Resource`, which checks company and role."""
    views = served(app("AdminApi", monkeypatch)) - {("GET", "/admin/health")}
    resources = importlib.import_module("api.admin.app").RESOURCES
    declared = {
        (operation.method, f"/admin/{{company}}{operation.path}")
        for resource in resources
        for operation in resource.operations
    }
    assert views == declared
