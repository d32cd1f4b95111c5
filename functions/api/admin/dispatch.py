"""Which of the app's routes a path means.

The template has one route per method, `/admin/{proxy+}`: a permission for each of ours would not fit into the 20 KB that Lambda
grants a function's resource policy. Chalice dispatches on the route's template, so it is put where API Gateway would.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

Event = Mapping[str, Any]


def routed(event: Event, routes: Iterable[str]) -> dict[str, Any] | None:
    """The event as API Gateway would send it for a route of its own; None where none fits."""
    parts = _parts(str(event["path"]))
    fitting = [route for route in routes if _fits(_parts(route), parts)]
    if not fitting:
        return None
    route = min(fitting, key=_variables)
    named = {n[1:-1]: unquote(p) for n, p in zip(_parts(route), parts, strict=True) if n[:1] == "{"}
    context = {**event["requestContext"], "resourcePath": route}
    return {**event, "pathParameters": named, "requestContext": context}


def _parts(path: str) -> list[str]:
    return path.strip("/").split("/")


def _fits(route: list[str], parts: list[str]) -> bool:
    return len(route) == len(parts) and all(
        part != "" if name.startswith("{") else name == part
        for name, part in zip(route, parts, strict=True)
    )


def _variables(route: str) -> tuple[int, str]:
    """A word of the route is nearer than a variable."""
    return route.count("{"), route
