"""Every method of the ports that the table stands behind, called by one company with another's ids: the answer is the same as if
the other did not exist, and nothing of the other's changes. Methods, changes and arguments are found by introspection.
"""

from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from comeback import storage
from comeback.companies.model import Company
from comeback.errors import Refused
from comeback.ports import ImportedClient
from comeback.storage import commit, keys
from comeback.storage.items.base import Item
from comeback.storage.items.limits import RateItem
from comeback.storage.keys import Key

from tests.tenants.conftest import Process
from tests.tenants.made import arguments, made
from tests.tenants.world import CHANGES, PORTS, A, B, Rows, World, become, ended, methods, of, rows

ACROSS = pytest.mark.fault("another company's ids, at every port", "as if they did not exist")
MIXED = pytest.mark.fault("one decision about two companies", "refused, nothing written")


def test_every_port_on_the_table_is_tried() -> None:
    modules = (
        import_module(f"{storage.__name__}.{m.name}") for m in iter_modules(storage.__path__)
    )
    found = {
        each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, type) and each.__name__.startswith("Dynamo")
    }
    assert found == set(PORTS.values())


def test_there_is_data_of_every_kind(filled: Rows) -> None:
    name = Item.get_attributes()["kind"]
    kinds = {name.get_discriminator(each) for each in Item.__subclasses__() if each is not RateItem}  # type: ignore[attr-defined]  # it is one
    stored = {row.attrs["kind"].value for row in of(A, filled).values() if "kind" in row.attrs}
    assert kinds <= stored


@ACROSS
@pytest.mark.parametrize(("me", "other"), [(A, B), (B, A)])
def test_another_companys_data_makes_no_difference(
    process: Process, filled: Rows, me: str, other: str
) -> None:
    """Nor that the same process served them just now; whether we have data under the same ids, or came a moment ago."""
    become({})
    process().store.save_company(made(Company, "company", me))
    theirs = of(other, filled)
    for mine in (rows(), of(me, filled)):
        served = process()
        become(filled)
        served.serve(other)
        beside, left = told(served, me, {**theirs, **mine})
        alone, _ = told(process(), me, mine)
        assert beside == alone
        for name, after in left.items():
            assert of(other, after) == theirs, f"{name} changed the other's data"
            strays = [key for (_, key), row in after.items() if not housed(key, row)]
            assert strays == [], f"{name}: indexed under another company"


def told(world: World, me: str, found: Rows) -> tuple[dict[str, str], dict[str, Rows]]:
    """What I hear from every try, and what is left afterwards; each begins with the same rows."""
    answers, left = {}, {}
    for name, change in CHANGES.items():
        become(found)
        answers[name] = ended(world.store.commit, {"changes": [made(change, "", me)]})
        left[name] = rows()
    become(found)
    known = {"booking_id": world.booking_id, "holder": "somebody else"}
    for port, method, declared in methods():
        if method != "commit":
            become(found)
            name, given = f"{port.__name__}.{method}", arguments(declared, me)
            given |= {n: value for n, value in known.items() if n in given}
            answers[name] = ended(getattr(world.port(port), method), given)
            left[name] = rows()
    return answers, left


def housed(key: Key, row: Any) -> bool:
    """An item stands in its own company's indexes."""
    indexed = [row.attrs[name].value for name in ("GSI1PK", "GSI2PK") if name in row.attrs]
    return all(keys.tenant(Key(pk, "")) == keys.tenant(key) for pk in indexed)


@MIXED
@pytest.mark.parametrize("kind", CHANGES.values(), ids=CHANGES)
def test_a_decision_about_two_companies_is_refused(kind: type[Any]) -> None:
    with pytest.raises(Refused):
        commit.writes([made(kind, "", A), made(kind, "", B)])


@MIXED
@pytest.mark.parametrize("foreign", ["client", "due"])
def test_an_import_of_another_companys_clients_is_refused(process: Process, foreign: str) -> None:
    row, strange = made(ImportedClient, "row", B), made(ImportedClient, "row", A)
    with pytest.raises(Refused):
        process().store.import_visits(B, [replace(row, **{foreign: getattr(strange, foreign)})])
    assert rows() == {}
