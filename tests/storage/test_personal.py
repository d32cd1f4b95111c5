"""What is personal is declared so: every attribute of every item, every change that the store writes, by introspection."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path as File
from typing import Any

import pytest
from comeback.storage import commit, items
from comeback.storage.items.base import AddressMap, Item, Texts
from comeback.storage.items.conversations import ContentMap
from comeback.storage.keys import client_in
from comeback.storage.table import Put, Update, Write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pynamodb.attributes import (
    Attribute,
    ListAttribute,
    MapAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.expressions.operand import Path

TELLING = ("name", "phone", "address", "text", "content", "words", "title", "owner", "detail")
"""Parts of an attribute's name that promise a contact, or what was said."""
NOT_A_CLIENTS = {
    "company": {"owner", "title"},
    "service": {"title"},
    "staff": {"name"},
    "consent": {"text_version"},
}
PLAIN = {
    "client": "company_id client_id language unreachable doubtful preferred_staff_id crm_id time_zone",
    "visit": "visit_id service_id staff_id source journey_id",
    "consent": "source text_version",
    "conversation": "",
    "outbox": "company_id client_id outbox_id journey_id claimed_by error_code",
    "due": "company_id client_id service_id reason",
    "journey": "company_id client_id service_id journey_id counted",
    "active": "journey_id",
    "trial": "company_id client_id trial_id service_id",
    "person": "client_id taken_by",
    "heard": "",
}
"""Texts of a client's items that say nothing of who it is: ids, codes, reasons of ours. Who adds one thinks about it here."""
FREE = (UnicodeAttribute, Texts, MapAttribute, ListAttribute, UnicodeSetAttribute)
COMMON = frozenset(Item.get_attributes())
CHANGES = sorted(commit.PLANNERS, key=lambda kind: kind.__name__)


@cache
def kinds() -> dict[str, type[Item]]:
    for file in File(items.__path__[0]).glob("[!_]*.py"):
        import_module(f"comeback.storage.items.{file.stem}")
    told: Any = Item.get_attributes()["kind"]
    return {str(told.get_discriminator(kind)): kind for kind in Item.__subclasses__()}


def own(kind: type[Item]) -> dict[str, Attribute[Any]]:
    return {n: a for n, a in kind.get_attributes().items() if n not in COMMON}


def within(attribute: Attribute[Any]) -> Iterator[type]:
    """The types of the attribute and of all that may stand in it."""
    kind = type(attribute)
    yield kind
    inner = attribute.element_type if isinstance(attribute, ListAttribute) else kind
    if inner is not None and issubclass(inner, MapAttribute):
        yield inner
        for part in inner.get_attributes().values():
            yield from within(part)


def telling(name: str, attribute: Attribute[Any]) -> bool:
    holds = {AddressMap, ContentMap} & set(within(attribute))
    return bool(holds) or any(part in name for part in TELLING)


def wordy(attribute: Attribute[Any]) -> bool:
    """May hold any text."""
    return any(issubclass(part, FREE) for part in within(attribute))


def in_salon(value: Any) -> Any:
    if not is_dataclass(value) or isinstance(value, type):
        return value
    parts = {f.name: in_salon(getattr(value, f.name)) for f in fields(value)}
    return replace(value, **({**parts, "company_id": "salon"} if "company_id" in parts else parts))


def writes(kind: type[Any], data: st.DataObject) -> list[Write]:
    return commit.writes([in_salon(data.draw(st.from_type(kind)))])


@pytest.mark.parametrize("kind", kinds())
def test_what_tells_who_somebody_is_or_what_was_said_is_sealed(kind: str) -> None:
    told = {name for name, attribute in own(kinds()[kind]).items() if telling(name, attribute)}
    assert told - kinds()[kind].personal == NOT_A_CLIENTS.get(kind, set())


@pytest.mark.parametrize("kind", kinds())
def test_what_is_personal_is_there_under_its_own_name(kind: str) -> None:
    attributes = own(kinds()[kind])
    assert all(attributes[name].attr_name == name for name in kinds()[kind].personal)


@pytest.mark.parametrize("change", CHANGES, ids=lambda kind: kind.__name__)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_text_among_a_clients_items_is_sealed_or_known_to_say_nothing(
    change: type[Any], data: st.DataObject
) -> None:
    for write in writes(change, data):
        if isinstance(write, Put) and client_in(write.key.pk):
            kind = str(write.item.serialize()["kind"]["S"])
            texts = {name for name, attribute in own(type(write.item)).items() if wordy(attribute)}
            assert texts - write.item.personal == set(PLAIN[kind].split()), kind


@pytest.mark.parametrize("change", CHANGES, ids=lambda kind: kind.__name__)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_condition_and_no_update_asks_for_what_is_sealed(
    change: type[Any], data: st.DataObject
) -> None:
    """They would be asked of an attribute that is not there."""
    every = frozenset().union(*(kind.personal for kind in kinds().values()))
    for write in writes(change, data):
        personal = write.item.personal if isinstance(write, Put) else every
        if isinstance(write, Put) or client_in(write.key.pk):
            assert not named(write) & personal


def named(write: Write) -> set[str]:
    asked = [write.condition, *(write.actions if isinstance(write, Update) else ())]
    return {str(path.path[0]) for each in asked if each is not None for path in paths(each)}


def paths(expression: Any) -> Iterator[Path]:
    if isinstance(expression, Path):
        yield expression
    parts = getattr(expression, "values", ())
    for part in parts if isinstance(parts, tuple | list) else ():
        yield from paths(part)


def test_paths_are_found() -> None:
    """The two tests above would hold of anything, did this not."""
    kind: Any = kinds()["client"]
    asked = (kind.name == "x") & (kind.version > 1) | kind.phone.exists()
    assert {p.path[0] for p in paths(asked)} == {"name", "version", "phone"}
