"""Every key builder there is: a company's keys reach into no other company's, whatever the ids are, and no key is made for what
could reach there."""

import inspect
from collections.abc import Callable
from datetime import date
from fnmatch import fnmatchcase
from typing import Any, get_type_hints

import pytest
from comeback.companies.identity import COMPANY_ID
from comeback.errors import NotFound
from comeback.storage import keys
from comeback.storage.keys import Key
from hypothesis import given
from hypothesis import strategies as st

from tests.architecture.template import template

FENCED = pytest.mark.fault("ids chosen to reach another company's keys", "no key meets another's")
Builder = Callable[..., Any]
FUNCTIONS: dict[str, Builder] = {
    name: found
    for name, found in inspect.getmembers(keys, inspect.isfunction)
    if found.__module__ == keys.__name__ and not name.startswith("_")
}
BUILDERS = {n: f for n, f in FUNCTIONS.items() if "company_id" in inspect.signature(f).parameters}
PARAMETERS = {
    builder: {
        name: kind
        for name, kind in get_type_hints(builder).items()
        if name not in ("company_id", "return")
    }
    for builder in BUILDERS.values()
}
FAMILIES = {
    family
    for fence in template()["Metadata"]["Fences"]
    for family in fence["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
}
WITHOUT_A_COMPANY = {"rate", "usage_range", "funnel_range", "secrets_after"}
"""An outside API's rate, and the sort keys of ranges inside a company's partition."""
ABOUT_KEYS = {"tenant", "blind", "client_in", "client_of_secret", "is_event"}
SPITEFUL = [
    "",
    "#",
    "/",
    "CO#",
    "b#CL#anna",
    "#CL#",
    "*",
    "~",
    "\x00",
    "а",
    "\U0001f600",
    "a" * 300,
]
IDS = st.text(max_size=8) | st.sampled_from(SPITEFUL)
COMPANY_IDS = st.text("abAB01-_", min_size=1, max_size=6).filter(COMPANY_ID.fullmatch)
NO_COMPANY_IDS = (IDS | COMPANY_IDS.map("{}#CL#x".format)).filter(
    lambda told: not COMPANY_ID.fullmatch(told)
)
Arguments = dict[Any, Any]
ARGUMENTS: st.SearchStrategy[Arguments] = st.fixed_dictionaries(
    {str: IDS, int: st.integers(0, 9), date: st.dates(date(2020, 1, 1), date(2040, 1, 1))}
)
"""By type: a builder's arguments of one type are all the same, the worst that separators can be tried with."""


@st.composite
def neighbours(draw: st.DrawFn) -> tuple[str, str]:
    """Two companies; often one's id is the beginning of the other's, or differs in its letters' case."""
    one = draw(COMPANY_IDS)
    other = draw(COMPANY_IDS | st.sampled_from([f"{one}a", f"{one}-", one.swapcase()]))
    return (one, other) if one != other else (one, f"{one}_")


def built(builder: Builder, company_id: str, given: Arguments) -> Key:
    """A partition alone (an index's, a Query's) counts as a key without a sort key."""
    made = builder(company_id, **{n: given[t] for n, t in PARAMETERS[builder].items()})
    return made if isinstance(made, Key) else Key(made, "")


def test_every_function_of_the_module_is_known_for_what_it_is() -> None:
    """One that is added either takes a `company_id`, and so is tried here, or is named here on purpose."""
    assert set(FUNCTIONS) - set(BUILDERS) <= WITHOUT_A_COMPANY | ABOUT_KEYS


@FENCED
@given(companies=neighbours(), one=ARGUMENTS, other=ARGUMENTS)
def test_keys_of_two_companies_never_meet(
    companies: tuple[str, str], one: Arguments, other: Arguments
) -> None:
    """Nor with what any other builder makes: `tenant` reads the owner from the key alone, so it can be one company's only."""
    mine, theirs = companies
    for name, builder in BUILDERS.items():
        own = built(builder, mine, one)
        assert keys.tenant(own) == mine, name
        for given_ in (one, other):
            foreign = built(builder, theirs, given_)
            assert own != foreign, name
            assert keys.tenant(foreign) == theirs, name
            if own.pk != keys.COMPANIES:
                fence = f"{keys.company_partition(theirs)}#"
                assert not f"{own.pk}#".startswith(fence), f"{name}: inside the other's"


@FENCED
@given(told=NO_COMPANY_IDS, arguments=ARGUMENTS)
def test_no_key_is_made_for_what_can_be_no_company(told: str, arguments: Arguments) -> None:
    for builder in BUILDERS.values():
        with pytest.raises(NotFound):
            built(builder, told, arguments)


@FENCED
@given(bucket=IDS)
def test_outside_rates_are_no_companys(bucket: str) -> None:
    assert keys.tenant(keys.rate(bucket)) == ""


@given(company=COMPANY_IDS, arguments=ARGUMENTS)
def test_roles_know_the_family_of_every_key(company: str, arguments: Arguments) -> None:
    made = {name: built(b, company, arguments).pk for name, b in BUILDERS.items()}
    for name, pk in {**made, "rate": keys.rate("x").pk}.items():
        assert any(fnmatchcase(pk, family) for family in FAMILIES), name
