"""A rule that the owner changes: previewed, saved, and followed by the due list.

| when                     | what                                                                                        |
|--------------------------|---------------------------------------------------------------------------------------------|
| before saving            | `preview`: the whole due index is read, at most `READ_AT_MOST` entries, a unit for eight    |
| saved                    | the rule and who saved it, in one commit                                                    |
| at once                  | the first `AT_ONCE` entries that the rule dates otherwise: all of a small company's         |
| by the events queue      | the rest; as often as one function's time asks for                                          |
| nightly                  | the refit dates everything anew: what a crash in between has left                           |

Each entry is written over what was read alone: who came, or was put to rest, in the same moment is dated by their file. What is
dated right already is left alone, so repeating it is free.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from itertools import islice

from comeback.changes import Audited, SaveDue, SaveRule
from comeback.errors import Conflict, NotFound
from comeback.ports import Clock, Events, Store
from comeback.reactivation.effect import Effect, effect, redate
from comeback.reactivation.intervals import rule_for
from comeback.reactivation.model import DueService, ServiceRule

EVENT = "rule.saved"
AT_ONCE = 200
"""Entries written before the owner has an answer: about two seconds."""
READ_AT_MOST = 10_000
"""Entries, those due soonest first. With long reasons 1 KB each: up to 1,250 read units, 0.00016 USD, and some four seconds."""
ATTEMPTS = 3
"""Lost races for one entry before it is left to the nightly refit."""
EVER = date.max


@dataclass(frozen=True)
class Preview:
    effect: Effect
    complete: bool
    """False: there are more entries than are read; what is told is of those due soonest."""


@dataclass(frozen=True)
class Followed:
    renewed: int
    through: bool
    """False: the rest follows by the events queue."""


class RuleChange:
    def __init__(
        self, store: Store, events: Events, clock: Clock, deadline: Callable[[], float]
    ) -> None:
        """`deadline`: seconds left for this run."""
        self._store = store
        self._events = events
        self._clock = clock
        self._deadline = deadline

    def preview(self, company_id: str, rule: ServiceRule) -> Preview:
        """Writes nothing. Raises NotFound."""
        company = self._store.company(company_id)
        catalogue = self._store.catalogue(company_id)
        dues = list(islice(self._store.due(company_id, EVER), READ_AT_MOST + 1))
        today = company.local(self._clock.now()).date()
        told = effect(dues[:READ_AT_MOST], catalogue, rule, today)
        return Preview(told, complete=len(dues) <= READ_AT_MOST)

    def save(self, company_id: str, rule: ServiceRule, user_id: str) -> Followed:
        """`rule.version`: of the rule that the user saw. Asked again for what is so already, it saves nothing. Raises NotFound,
        and Conflict when somebody else has saved the rule since."""
        stored = stored_rule(self._store, company_id, rule.service_id)
        names = changed_fields(stored, rule)
        if names and stored.version != rule.version:
            raise Conflict(f"the rule of {rule.service_id} was changed meanwhile")
        if names:
            now, operation = self._clock.now(), "services.save_rule"
            done = Audited(company_id, now, user_id, operation, rule.service_id, names)
            self._store.commit([SaveRule(company_id, rule), done])
        return self._follow(company_id, rule.service_id, AT_ONCE)

    def handle(self, company_id: str, detail: Mapping[str, str]) -> None:
        """The events queue's `rule.saved`. Raises NotFound for a service that is not the company's."""
        self._follow(company_id, detail["service_id"], READ_AT_MOST)

    def _follow(self, company_id: str, service_id: str, at_most: int) -> Followed:
        """By the rule as it stands now, whichever saving this is for."""
        rule = stored_rule(self._store, company_id, service_id)
        renewed = 0
        for due in self._wrong(company_id, rule):
            if renewed == at_most or self._deadline() <= 0:
                self._events.publish(company_id, EVENT, {"service_id": service_id})
                return Followed(renewed, through=False)
            self._renew(due, rule)
            renewed += 1
        return Followed(renewed, through=True)

    def _wrong(self, company_id: str, rule: ServiceRule) -> Iterable[DueService]:
        """Read to the end before the first is written: writing moves an entry within the index that is being read."""
        return [due for due in self._store.due(company_id, EVER) if redate(due, rule) != due]

    def _renew(self, due: DueService, rule: ServiceRule) -> None:
        """The index lags; who has no such entry any more needs none."""
        read: DueService | None = due
        for _ in range(ATTEMPTS):
            if read is None or self._written(read, rule):
                return
            read = self._entry(due)

    def _written(self, read: DueService, rule: ServiceRule) -> bool:
        try:
            self._store.commit([SaveDue(redate(read, rule), over=read)])
        except Conflict:
            return False
        return True

    def _entry(self, due: DueService) -> DueService | None:
        try:
            file = self._store.client(due.company_id, due.client_id)
        except NotFound:
            return None
        return next((d for d in file.due if d.service_id == due.service_id), None)


def changed_fields(before: ServiceRule, after: ServiceRule) -> tuple[str, ...]:
    """Names alone: they are what the audit log keeps."""
    names = (field.name for field in fields(ServiceRule) if field.name != "version")
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def stored_rule(store: Store, company_id: str, service_id: str) -> ServiceRule:
    """As it stands, or would stand; always with its default source. Raises NotFound."""
    catalogue = store.catalogue(company_id)
    if service_id not in catalogue.services:
        raise NotFound(f"service {service_id}")
    return rule_for(store.company(company_id), catalogue, catalogue.services[service_id])
