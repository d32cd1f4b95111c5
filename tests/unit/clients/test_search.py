"""Searching page by page finds everybody who fits, once, however the directory is cut."""

import pytest
from comeback.changes import SaveClient
from comeback.clients import search
from comeback.clients.model import Client
from comeback.clients.search import FindClients, Wanted
from comeback.companies.model import BusinessType, Company
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.store import FakeStore

NAMES = st.lists(st.sampled_from(["Анна", "Белла", "Анфиса Ё", "", "Bob"]), max_size=12)


def directory(names: list[str]) -> FakeStore:
    store = FakeStore()
    store.save_company(Company("salon", "Salon", "Europe/Moscow", BusinessType.BEAUTY))
    for n, name in enumerate(names):
        store.commit([SaveClient(Client("salon", f"c{n:02}", name))])
    return store


@settings(max_examples=60, deadline=None)
@given(names=NAMES, at_once=st.integers(1, 5), limit=st.integers(1, 5), text=st.sampled_from(["ан", "", "b", "z"]))  # fmt: skip
def test_everybody_who_fits_is_on_one_page(
    names: list[str], at_once: int, limit: int, text: str
) -> None:
    find = FindClients(directory(names))
    found: list[str] = []
    after, calls = "", 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "READ_AT_ONCE", at_once)
        while calls == 0 or after:
            page = find.find("salon", text, "", after, limit)
            assert len(page.clients) <= limit
            found += [client.client_id for client in page.clients]
            after, calls = page.behind, calls + 1
            assert calls <= 2 * len(names) + 2, "it never ends"
    words = text.split()
    fits = [all(any(w.startswith(x) for w in n.lower().split()) for x in words) for n in names]
    assert found == [f"c{n:02}" for n, fit in enumerate(fits) if fit]


def test_what_a_text_means() -> None:
    anna = Client("salon", "a", "Анна Ёлкина", "+79161234567", tags=("Любит чай",))
    for text in ("анна", "ЁЛК", "елк анн", "чай", "123", "+7916", "916 12"):
        assert Wanted(text, "").fits(anna), text
    for text in ("нна", "анна белла", "12", "999", "чайник"):
        assert not Wanted(text, "").fits(anna), text


def test_letters_make_a_number_a_word() -> None:
    room = Client("salon", "a", "Anna 123", "+79990000000")
    assert Wanted("anna 123", "").fits(room)
    assert not Wanted("anna 999", "").fits(room)
