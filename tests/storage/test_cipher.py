"""What is sealed opens with its key, in its place, unchanged; and nothing else."""

import hashlib
import hmac

import pytest
from comeback.storage import cipher
from comeback.storage.cipher import Unreadable
from hypothesis import assume, given
from hypothesis import strategies as st

KEYS = st.binary(min_size=32, max_size=32)


@given(KEYS, st.binary(max_size=200), st.binary(max_size=40))
def test_what_is_sealed_opens_and_never_looks_the_same(key: bytes, plain: bytes, at: bytes) -> None:
    sealed = cipher.seal(key, plain, at)
    assert cipher.opened(key, sealed, at) == plain
    assert cipher.seal(key, plain, at) != sealed
    assert len(sealed) == 1 + 12 + len(plain) + 16


@given(KEYS, KEYS, st.binary(max_size=50), st.binary(max_size=9), st.binary(max_size=9))
def test_neither_another_key_nor_another_place_opens_it(
    key: bytes, other: bytes, plain: bytes, at: bytes, elsewhere: bytes
) -> None:
    assume(key != other and at != elsewhere)
    sealed = cipher.seal(key, plain, at)
    for wrong in ((other, at), (key, elsewhere)):
        with pytest.raises(Unreadable):
            cipher.opened(wrong[0], sealed, wrong[1])


@given(KEYS, st.binary(min_size=1, max_size=50), st.data())
def test_a_changed_byte_is_noticed_wherever_it_is(
    key: bytes, plain: bytes, data: st.DataObject
) -> None:
    sealed = bytearray(cipher.seal(key, plain, b"at"))
    n = data.draw(st.integers(0, len(sealed) - 1))
    sealed[n] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Unreadable):
        cipher.opened(key, bytes(sealed), b"at")


@given(st.binary(max_size=40))
def test_what_is_no_sealed_thing_is_unreadable(found: bytes) -> None:
    with pytest.raises(Unreadable):
        cipher.opened(bytes(32), found, b"at")


@given(KEYS, KEYS)
def test_keys_are_derived_as_rfc_5869_says(data_key: bytes, secret: bytes) -> None:
    extracted = hmac.digest(secret, data_key, hashlib.sha256)
    expanded = hmac.digest(extracted, b"comeback contacts v1\x01", hashlib.sha256)
    assert cipher.client_key(data_key, secret) == expanded
    assert cipher.index_key(data_key) != cipher.client_key(data_key, bytes(32))


@given(KEYS, st.text(max_size=30))
def test_a_blinded_value_is_the_same_every_time_and_fits_a_key(key: bytes, value: str) -> None:
    blinded = cipher.blinded(key, value)
    assert blinded == cipher.blinded(key, value)
    assert len(blinded) == 43
    assert set(blinded) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
