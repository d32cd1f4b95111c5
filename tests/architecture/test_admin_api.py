"""Chalice dispatches on the route's template, so every route stands twice: in its app and in template.yaml."""

import importlib
from typing import Any

import pytest

from tests.architecture.template import functions


def test_the_app_and_the_template_have_the_same_routes(monkeypatch: pytest.MonkeyPatch) -> None:
    function = functions()["AdminApi"]
    for variable in function["Environment"]["Variables"]:
        monkeypatch.setenv(variable, "INFO" if variable == "LOG_LEVEL" else "x")
    app: Any = importlib.import_module("api.admin.app").app
    served = {(method, path) for path, methods in app.routes.items() for method in methods}
    events = [event["Properties"] for event in function["Events"].values()]
    assert served == {(event["Method"].upper(), event["Path"]) for event in events}
