"""A port that may be read: whatever else is called of it fails the test, by its name."""

from typing import Any

READING = frozenset(
    {
        *("company", "catalogue", "client", "accounts", "arms", "model", "due", "proposal"),
        *("seen_event", "trials", "reserved", "held_by_others", "crm", "free_slots"),
    }
)
"""Methods of Store, Limits, Leases, Crms and Crm that change nothing."""


class Written(AssertionError):
    """A writing method was called."""


class ReadOnly:
    """What a reading method answers is as it is, but a company's CRM is read only too."""

    def __init__(self, real: object) -> None:
        self._real = real
        self.read: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name not in READING:
            raise Written(f"{type(self._real).__name__}.{name}")
        self.read.append(name)
        found = getattr(self._real, name)
        return (lambda company: ReadOnly(found(company))) if name == "crm" else found
