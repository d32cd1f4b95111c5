"""Values made from types and names alone, so that a new method or field needs no line here. What has the same name has the same
value, whoever's it is: two companies' data made so share every id but the company's.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from comeback.conversations.model import OutboxState
from comeback.reactivation.model import JourneyState

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""A Monday at noon in Moscow: messages may leave."""
BY_NAME: Mapping[tuple[str, Any], Any] = {
    ("version", int): 0,
    ("minutes", int): 60,
    ("day", int): NOW.weekday(),
    ("end", time): time(20),
    ("closes", time): time(20),
    ("until", datetime): NOW + timedelta(hours=1),
    ("time_zone", str): "Europe/Moscow",
    ("reason", str): "",
    ("value", str): "5",
    ("template_back", str): "",
    ("usage", Mapping[str, float]): {"write_units": 1.0},
}
"""Where a value like any other of its type would leave an index empty, or a message unsent."""
BY_TYPE: Mapping[Any, Any] = {
    int: 1,
    float: 0.5,
    bool: True,
    bytes: b"x",
    datetime: NOW,
    date: NOW.date(),
    time: time(10),
    ZoneInfo: ZoneInfo("Europe/Moscow"),
    JourneyState: JourneyState.WAITING,
    OutboxState: OutboxState.UNCERTAIN,
}


def arguments(function: Callable[..., Any], company_id: str) -> dict[str, Any]:
    hints = get_type_hints(function)
    names = [n for n in inspect.signature(function).parameters if n != "self"]
    return {name: made(hints[name], name, company_id) for name in names}


def made(kind: Any, name: str, company_id: str) -> Any:
    """Raises TypeError for a type it has never met: teach it above."""
    if name == "company_id":
        return company_id
    if (name, kind) in BY_NAME:
        return BY_NAME[name, kind]
    if kind in BY_TYPE:
        return BY_TYPE[kind]
    if kind is str:
        return f"the-{name}"
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{f.name: made(hints[f.name], f.name, company_id) for f in fields(kind)})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    return _of_several(kind, name, company_id)


def _of_several(kind: Any, name: str, company_id: str) -> Any:
    """One of an alternative, and collections of one."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return made(next(p for p in parts if p is not NoneType), name, company_id)
    if not parts or not isinstance(origin, type):
        raise TypeError(f"no idea how to make {name}: {kind}")
    if issubclass(origin, Mapping):
        key, value = (made(part, name, company_id) for part in parts)
        return {key: value}
    if origin is tuple and ... not in parts:
        return tuple(made(part, name, company_id) for part in parts)
    each = made(parts[0], name.removesuffix("s"), company_id)
    return frozenset({each}) if issubclass(origin, frozenset) else (each,)
