"""The store of the simulation: FakeStore, with what adds up kept from one reading to the next; every stop and word is dated."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from comeback import changes as ch
from comeback.clients.model import Consent
from comeback.conversations.model import Account, ChannelKind
from comeback.ports import ImportedClient
from comeback.reactivation.model import Tally

from tests.fakes.store import FakeStore, Kind
from tests.fakes.writes import Key
from tests.simulation.agenda import Agenda
from tests.simulation.trace import Trace


class Table(FakeStore):
    """`log`: what was committed."""

    def __init__(self, agenda: Agenda, trace: Trace) -> None:
        super().__init__()
        self._agenda = agenda
        self._trace = trace
        self.log: list[tuple[ch.Change, ...]] = []
        self.filed: dict[str, datetime] = {}
        """When each visit came on file."""
        self._consents: dict[str, list[tuple[datetime, Consent]]] = defaultdict(list)
        self._words: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        self._added: dict[str, tuple[int, Any]] = {}
        self._of_kind: dict[type, tuple[int, list[Any]]] = {}
        self._written = 0

    def _apply(self, changes: Sequence[ch.Change]) -> None:
        super()._apply(changes)
        self.log.append(tuple(changes))
        for change in changes:
            if isinstance(change, ch.SaveVisit):
                self.filed.setdefault(change.visit.visit_id, self._agenda.now)
            if isinstance(change, ch.SaveConsent):
                self._consents[change.client_id].append((self._agenda.now, change.consent))
            if isinstance(change, ch.TouchConversation):
                self._words[change.client_id].append((self._agenda.now, change.at))
        self._trace.add("commit", *(type(change).__name__ for change in changes))

    def consents_until(self, client_id: str, moment: datetime) -> tuple[Consent, ...]:
        """The ledger as it stood then."""
        return tuple(c for at, c in self._consents[client_id] if at < moment)

    def words_until(self, client_id: str, moment: datetime) -> tuple[datetime, ...]:
        """When they were said, of what had been heard then."""
        return tuple(at for heard, at in self._words[client_id] if heard < moment)

    def accounts(self, company_id: str) -> Mapping[ChannelKind, Account]:
        found: Mapping[ChannelKind, Account] = self._kept("accounts", super().accounts, company_id)
        return found

    def arms(self, company_id: str) -> Mapping[str, Mapping[str, Tally]]:
        found: Mapping[str, Mapping[str, Tally]] = self._kept("arms", super().arms, company_id)
        return found

    def _all(self, company_id: str, kind: type[Kind]) -> list[Kind]:
        known = self._of_kind.get(kind)
        if known is None or known[0] != self._written:
            known = self._of_kind[kind] = (self._written, super()._all(company_id, kind))
        return list(known[1])

    def _put(self, at: Key, item: Any) -> None:
        self._written += 1
        super()._put(at, item)

    def _import(self, company_id: str, row: ImportedClient) -> None:
        super()._import(company_id, row)
        self._written += 1

    def _kept(self, name: str, read: Callable[[str], Any], company_id: str) -> Any:
        """There is one company."""
        length = len(self._noted)
        known = self._added.get(name)
        if known is None or known[0] != length:
            known = self._added[name] = (length, read(company_id))
        return known[1]
