"""Finding clients by what the owner remembers of them: a name, a number or a part of it, a tag.

Names are sealed, so they are searched by reading the directory through; whole numbers are looked up by their blinded key
(keys.py, 27, says what each costs).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from comeback.clients import phones
from comeback.clients.model import Client
from comeback.errors import InvalidInput
from comeback.ports import Store

READ_AT_ONCE = 2_000
"""Clients that one call looks at: 0.3 seconds of a whole processor. Whoever has more goes on with the cursor."""
LONGEST_ID = 512
"""Bytes; a key takes no more than 1,024."""
FEWEST_DIGITS = 3
"""Of a part of a number."""
WHOLE_DIGITS = 10
"""Of a number that can be looked up; fewer are a part of one, whatever country's they might be."""


@dataclass(frozen=True)
class Found:
    """`behind`: the id where the search goes on; empty at the end. There may be some more behind even where none was found."""

    clients: tuple[Client, ...]
    behind: str = ""


class FindClients:
    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, company_id: str, text: str, tag: str, after: str, limit: int) -> Found:
        """Those that `text` and `tag` fit, in the order of their ids, behind the id `after`. Both empty: everybody. Raises
        InvalidInput for an id that is too long to be one."""
        if len(after.encode()) > LONGEST_ID:
            raise InvalidInput("cursor", "is none of ours", "Send `next` as it came")
        if not text.strip() and not tag:
            return _page(self._store.directory(company_id, after, limit), limit)
        number = self._number(company_id, text)
        exact = () if after or tag else self._whose(company_id, number)
        if exact:
            return Found(exact)
        fits = Wanted(number or text, tag).fits
        read = self._store.directory(company_id, after, READ_AT_ONCE)
        fitting = [client for client in read if fits(client)]
        if len(fitting) > limit:
            return Found(tuple(fitting[:limit]), fitting[limit - 1].client_id)
        return Found(tuple(fitting), _page(read, READ_AT_ONCE).behind)

    def _number(self, company_id: str, text: str) -> str:
        """E.164, as it stands in profiles; empty for what is no whole number."""
        if len(_digits(text)) < WHOLE_DIGITS or any(letter.isalpha() for letter in text):
            return ""
        return phones.e164(text, self._store.company(company_id))

    def _whose(self, company_id: str, number: str) -> tuple[Client, ...]:
        """Whose WhatsApp number this is; nobody's when it only stands in a profile."""
        for address in phones.whatsapp(number):
            file = self._store.client_by_address(company_id, address)
            return (file.client,) if file else ()
        return ()


class Wanted:
    """What is looked for, taken apart once."""

    def __init__(self, text: str, tag: str) -> None:
        self._tag = folded(tag)
        self._digits = _digits(text) if not any(letter.isalpha() for letter in text) else ""
        self._words = folded(text).split()

    def fits(self, client: Client) -> bool:
        """The tag is the whole tag; every word begins a word of the name or of a tag, or is the id; a number's part stands in the
        number."""
        tags = [folded(tag) for tag in client.tags]
        if self._tag and self._tag not in tags:
            return False
        if len(self._digits) >= FEWEST_DIGITS:
            return self._digits in _digits(client.phone)
        known = [*folded(client.name).split(), *(word for tag in tags for word in tag.split())]
        return all(
            wanted == client.client_id.casefold() or any(word.startswith(wanted) for word in known)
            for wanted in self._words
        )


def folded(text: str) -> str:
    """As people type it: without case, and with е for ё."""
    return " ".join(text.casefold().replace("ё", "е").split())


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdecimal())


def _page(read: Iterable[Client], limit: int) -> Found:
    clients = tuple(read)
    return Found(clients, clients[-1].client_id if len(clients) == limit else "")
