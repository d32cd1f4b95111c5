"""Between a table and its vault: items as they are written and read, and keys that hold a contact as they are stored."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from comeback.storage.items.base import Item
from comeback.storage.keys import Key, Stored, blind, client_in, is_event
from comeback.storage.vault import SEALED, ClientRef, Personal, Raw, Vault

Kind = TypeVar("Kind", bound=Item)


class Sealing:
    def __init__(self, vault: Vault | None) -> None:
        """None: everything is stored as it is."""
        self._vault = vault

    def place(self, key: Key) -> Key:
        """Where it is stored."""
        hidden = blind(key) if self._vault else None
        if hidden is None or self._vault is None:
            return key
        return hidden.stored(self._vault.blind(hidden.company_id, f"{hidden.kind}#{hidden.value}"))

    def places(self, key: Key) -> Sequence[Key]:
        """Where it may stand: pointers that were written before keys were blinded stand where they stood."""
        place = self.place(key)
        return (place,) if place == key or is_event(key) else (place, Stored(*key))

    def sealed(self, items: Sequence[Item]) -> list[Raw]:
        """Raises errors.Erased."""
        raws = [item.serialize() | in_raw(self.place(item.key)) for item in items]
        if self._vault is None:
            return raws
        personal = [n for n, item in enumerate(items) if item.personal]
        wanted = [Personal(_client(raws[n]), raws[n], items[n].personal) for n in personal]
        for n, sealed in zip(personal, self._vault.seal(wanted), strict=True):
            raws[n] = sealed
        return raws

    def opened(self, kind: type[Kind], raws: Sequence[Raw]) -> Iterator[Kind]:
        """Those of erased clients are left out."""
        found: list[Raw | None] = list(raws)
        sealed = [n for n, raw in enumerate(raws) if SEALED in raw]
        if sealed and self._vault:
            opened = self._vault.open([(_client(raws[n]), raws[n]) for n in sealed])
            for n, raw in zip(sealed, opened, strict=True):
                found[n] = raw
        return (kind.from_raw_data(raw) for raw in found if raw is not None)


def in_raw(key: Key) -> Raw:
    return {"PK": {"S": key.pk}, "SK": {"S": key.sk}}


def raw_key(raw: Raw) -> Key:
    return Key(raw["PK"]["S"], raw["SK"]["S"])


def _client(raw: Raw) -> ClientRef:
    """Raises ValueError: an item whose class declares personal attributes lies in no client's partition."""
    found = client_in(raw["PK"]["S"])
    if found is None:
        raise ValueError(f"{raw['SK']['S']} is personal, but in no client's partition")
    return ClientRef(*found)
