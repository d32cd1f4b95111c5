"""A link names one client of one company; only we can make one, whatever is pasted after /start."""

import re
import string

import pytest
from comeback.conversations import links
from comeback.errors import InvalidInput
from hypothesis import assume, given
from hypothesis import strategies as st

ALPHABET = string.ascii_letters + string.digits + "_-"
TEXTS = st.text(st.characters(codec="utf-8"), min_size=1)
IDS = TEXTS.filter(lambda text: len(text.encode()) <= links.CLIENT_ID_BYTES)


@given(st.text(ALPHABET), IDS, TEXTS)
def test_what_we_signed_names_its_client(company: str, client: str, secret: str) -> None:
    made = links.payload(company, client, secret)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", made)
    assert links.client_of(company, made, secret) == client


@given(st.text(ALPHABET, min_size=38, max_size=38))
def test_the_longest_id_fits_and_one_more_does_not(client: str) -> None:
    assert len(links.payload("salon", client, "secret")) == links.PAYLOAD_LIMIT
    with pytest.raises(InvalidInput):
        links.payload("salon", f"{client}x", "secret")


@given(IDS, IDS, st.text(ALPHABET))
def test_anothers_signature_does_not_fit(client: str, other: str, company: str) -> None:
    assume(client != other and company != "salon")
    mine, theirs = (links.payload("salon", c, "secret") for c in (client, other))
    forged = f"{theirs.rpartition('-')[0]}-{mine.rpartition('-')[2]}"
    assert links.client_of("salon", forged, "secret") is None
    assert links.client_of(company, mine, "secret") is None
    assert links.client_of("salon", mine, "secret2") is None


@given(IDS, st.integers(0, 63), st.characters())
def test_one_changed_character_spoils_it(client: str, place: int, character: str) -> None:
    made = links.payload("salon", client, "secret")
    place %= len(made)
    changed = f"{made[:place]}{character}{made[place + 1 :]}"
    assume(changed != made)
    assert links.client_of("salon", changed, "secret") is None


@given(st.text() | st.text(ALPHABET, max_size=64))
def test_nonsense_names_nobody(made: str) -> None:
    assert links.client_of("salon", made, "secret") is None


@given(IDS)
def test_without_a_secret_no_link_holds(client: str) -> None:
    assert links.client_of("salon", links.payload("salon", client, ""), "") is None
