"""A client is erased at their wish (152-FZ, GDPR): docs/contacts.md says what goes and what remains."""

from contextlib import suppress

from comeback.changes import Audited, EventSeen
from comeback.errors import AlreadyDone, Erased
from comeback.ports import Clock, Store


class EraseClient:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def run(self, company_id: str, client_id: str, user_id: str) -> None:
        """For good. Asked again it finishes what a crash left. Raises NotFound for who never was.

        Noted before it is done: a note without its deed asks to be repeated, a deed without its note is a secret.
        """
        try:
            self._store.client(company_id, client_id)
        except Erased:
            self._store.erase(company_id, client_id)
            return
        now = self._clock.now()
        once = EventSeen(company_id, f"erase.{client_id}", now)
        with suppress(AlreadyDone):
            noted = Audited(company_id, now, user_id, "clients.erase", client_id)
            self._store.commit([once, noted])
        self._store.erase(company_id, client_id)
