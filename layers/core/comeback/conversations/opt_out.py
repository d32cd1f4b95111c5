"""A client told the owner that they want no more offers: the owner's word for it is a STOP like the client's own (promise 4)."""

from comeback.changes import Audited, Change, EventSeen, SaveClient, SaveConsent
from comeback.clients.model import Consent, opted_out
from comeback.conversations.aftermath import untold
from comeback.conversations.model import Purpose
from comeback.errors import AlreadyDone
from comeback.ports import ClientFile, Clock, Orchestrator, Receipts, Store

SOURCE = "console"
TEXT_VERSION = "console-v1"
"""No words were shown: the owner says that the client said so."""


class OptOut:
    def __init__(
        self, store: Store, receipts: Receipts, orchestrator: Orchestrator, clock: Clock
    ) -> None:
        self._store = store
        self._receipts = receipts
        self._orchestrator = orchestrator
        self._clock = clock

    def run(self, company_id: str, client_id: str, user_id: str, cause: str) -> None:
        """Stops marketing in all channels and the journey under way, once per `cause`. Asked again, it tells the waits that a
        crash may have left untold. Raises NotFound, and Conflict when something else happened to the client meanwhile."""
        file = self._store.client(company_id, client_id)
        waits = untold(file)
        if not opted_out(file.consents):
            stopped = self._receipts.stopped(file)
            waits = (*waits, *stopped.finished)
            seen = EventSeen(company_id, f"{SOURCE}.{cause}", self._clock.now())
            try:
                self._store.commit([seen, *self._no(file, user_id), *stopped.changes])
            except AlreadyDone:
                return
        for token, outcome in waits:
            self._orchestrator.finish_wait(token, outcome)

    def _no(self, file: ClientFile, user_id: str) -> tuple[Change, ...]:
        """Dated behind whatever was said before, by clocks that may differ: it is the last word."""
        client, now = file.client, self._clock.now()
        at = max([now, *(consent.at for consent in file.consents)])
        no = Consent(Purpose.MARKETING, False, at, SOURCE, TEXT_VERSION)
        return (
            SaveClient(client),
            SaveConsent(client.company_id, client.client_id, no),
            Audited(client.company_id, now, user_id, "clients.opt_out", client.client_id),
        )
