"""Every port of a composed use case with somebody watching, found by the types of constructors; and whatever escapes it.

A port is a Protocol of `comeback.ports`, or of a capability whose outside nobody else asks. None is named here.
"""

import inspect
import types
import typing
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from comeback import ports
from comeback.connections import connect, doors
from comeback.team import team

from tests.fakes.watched import Watch, Watched


def _is_protocol(found: Any) -> bool:
    return (
        inspect.isclass(found)
        and getattr(found, "_is_protocol", False)
        and found is not typing.Protocol
    )


PORTS: dict[str, type[Any]] = {
    name: found
    for module in (ports, connect, doors, team)
    for name, found in vars(module).items()
    if _is_protocol(found) and found.__module__ == module.__name__
}
OF_NO_PORT = "comeback.connections.checks"
"""Its Protocol is of our own steps, which hold the ports."""
ADAPTERS = (
    "comeback.storage",
    "comeback.channels",
    "comeback.crm",
    "comeback.ai",
    "comeback.runtime",
)
OURS_BEHIND_A_PORT = ("comeback.crm.native",)
"""Adapters that are our own code on ports: looked into."""


def unknown_ports(root: object) -> set[str]:
    """Protocols that `root`, or a part of it, was constructed with, and that are not watched."""
    taken = {
        option
        for part in _parts(root)
        if _is_ours(part)
        for hint in typing.get_type_hints(type(part).__init__).values()
        for option in (hint, *typing.get_args(hint))
        if _is_protocol(option) and option.__module__.startswith("comeback.")
    }
    return {p.__qualname__ for p in taken - set(PORTS.values()) if p.__module__ != OF_NO_PORT}


def methods(port: type[Any]) -> list[str]:
    """Its own; what it inherits is another port's."""
    named = vars(port).items()
    return [name for name, found in named if inspect.isfunction(found) and name[0] != "_"]


class WatchedPort(Watched):
    """A port that a call answers (the CRM of a company) is watched too."""

    def __init__(self, port: type[Any], real: object, watch: Watch) -> None:
        super().__init__(port.__name__, real, watch)
        self._protocol = port

    def _watching(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        call = super()._watching(name, method)
        protocol: Any = self._protocol
        answered = _answered(protocol, name)
        if answered is None:
            return call

        def watching_the_answer(*arguments: Any, **named: Any) -> Any:
            answer = call(*arguments, **named)
            return answer if answer is None else watched(answered, answer, self._watch)

        return watching_the_answer


def watched(port: type[Any], real: object, watch: Watch) -> WatchedPort:
    watch_all(real, watch)
    return WatchedPort(port, real, watch)


def watch_all(root: object, watch: Watch) -> None:
    """Puts a watched port in the place of every port that `root`, or a part of it, was constructed with."""
    for part in list(_parts(root)):
        kind: Any = type(part)
        for name, port in _port_fields(kind):
            real = getattr(part, name, None)
            if real is not None and not isinstance(real, Watched):
                object.__setattr__(part, name, WatchedPort(port, real, watch))


def unwatched(root: object, fakes: Iterator[object] | tuple[object, ...]) -> list[str]:
    """Where an adapter, or one of `fakes`, can be reached past the watch."""
    outside = {id(fake) for fake in fakes}
    return [
        f"{path}: {type(found).__module__}.{type(found).__name__}"
        for path, found in _reached(root, type(root).__name__, set())
        if id(found) in outside or _is_adapter(found)
    ]


def _is_adapter(found: object) -> bool:
    module = type(found).__module__
    return module.startswith(ADAPTERS) and not module.startswith(OURS_BEHIND_A_PORT)


# ── what an object is made of ────────────────────────────────────────────────────────────────────


def _parts(root: object) -> Iterator[object]:
    for _, found in _reached(root, "", set()):
        if not _is_adapter(found):
            yield found


def _reached(found: object, path: str, seen: set[int]) -> Iterator[tuple[str, object]]:
    """Objects of ours, each once; through a watched port only into code of ours."""
    if id(found) in seen:
        return
    seen.add(id(found))
    if isinstance(found, Watched):
        if _is_ours(found._real) and not _is_adapter(found._real):
            yield from _reached(found._real, path, seen)
        return
    yield path, found
    for name, inner in _inside(found):
        yield from _reached(inner, f"{path}.{name}", seen)


def _is_ours(found: object) -> bool:
    return type(found).__module__.startswith("comeback.")


def _inside(found: object) -> Iterator[tuple[str, object]]:
    if isinstance(found, dict):
        yield from ((str(key), inner) for key, inner in found.items())
    elif isinstance(found, list | tuple):
        yield from ((str(n), inner) for n, inner in enumerate(found))
    elif isinstance(found, types.MethodType):
        yield "__self__", found.__self__
    elif isinstance(found, types.FunctionType):
        for cell in found.__closure__ or ():
            yield found.__name__, cell.cell_contents
    elif _is_ours(found) and not _is_adapter(found):
        yield from getattr(found, "__dict__", {}).items()


@cache
def _port_fields(kind: Any) -> list[tuple[str, type[Any]]]:
    """(attribute, port) by the constructor's parameters: `store: Store` is kept as `store` or `_store`."""
    if not kind.__module__.startswith("comeback."):
        return []
    hints = typing.get_type_hints(kind.__init__)
    found = ((name, _port(hint)) for name, hint in hints.items())
    return [(kept, port) for name, port in found if port for kept in (name, f"_{name}")]


@cache
def _answered(port: Any, method: str) -> type[Any] | None:
    return _port(typing.get_type_hints(getattr(port, method)).get("return"))


def _port(hint: Any) -> type[Any] | None:
    """Of `Store`, and of `LanguageModel | None`."""
    options = [hint, *typing.get_args(hint)]
    return next((o for o in options if inspect.isclass(o) and o in PORTS.values()), None)
