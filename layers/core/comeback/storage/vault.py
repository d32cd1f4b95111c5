"""The port behind which contacts lie: what `Table` hands over before it writes, and gets back after it reads.

`KeyedVault` keeps them sealed inside the same items. Where the law wants their primary record elsewhere (152-FZ: in Russia), a
vault that keeps them there and leaves a reference in the item takes its place; nothing else changes.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

Raw = dict[str, Any]
"""An item as DynamoDB takes it: attribute → {type: value}, keys included."""
SEALED = "sealed"
"""The attribute that stands for an item's personal ones."""


class ClientRef(NamedTuple):
    company_id: str
    client_id: str


class Personal(NamedTuple):
    """An item of a client's, and which of its attributes are personal."""

    client: ClientRef
    raw: Raw
    names: frozenset[str]


class Vault(Protocol):
    """Raises Unavailable and RateLimited; Unreadable for what was tampered with."""

    def seal(self, items: Sequence[Personal]) -> list[Raw]:
        """In the same order, without the personal attributes. Raises errors.Erased."""
        ...

    def open(self, items: Sequence[tuple[ClientRef, Raw]]) -> list[Raw | None]:
        """In the same order, as they were before `seal`; None for an erased client's. What never was sealed passes."""
        ...

    def blind(self, company_id: str, value: str) -> str:
        """A stand-in for a key that holds a contact: the same for the same value of a company."""
        ...

    def prepare(self, clients: Sequence[ClientRef]) -> frozenset[ClientRef]:
        """Makes ready for sealing, many at a time. Answers who of them was erased."""
        ...

    def recall(self, after: ClientRef, limit: int) -> None:
        """Makes ready for opening what many clients have, those whose ids follow. Only makes it cheaper."""
        ...

    def open_company(self, company_id: str) -> None:
        """Makes what a new company needs. Repeating it is harmless."""
        ...

    def erase(self, client: ClientRef) -> None:
        """For good: no later call seals or opens anything of this client. Repeating it is harmless."""
        ...

    def is_erased(self, client: ClientRef) -> bool: ...

    def erased(self, company_id: str) -> Sequence[ClientRef]: ...
