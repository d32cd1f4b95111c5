"""The owner's use case: connects a messenger, the book or the model, and looks whether it works, by calls of the real service.

Secrets lie in Secrets Manager alone: they go in, and never come out here. What is given is tried before it is kept, so a slip of
the pen leaves what worked. The audit log is written before the outside is changed: what was tried stands there, too.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Protocol

from comeback.changes import Audited, Change, SaveCompany
from comeback.clients.model import FULL, SYNC
from comeback.companies.model import Company, CrmKind
from comeback.connections import checks
from comeback.connections.checks import Check
from comeback.connections.doors import Doors
from comeback.connections.model import (
    ALSO,
    OURS,
    SECRETS,
    SHOWN,
    Connection,
    Report,
    State,
    Step,
    Wanted,
    names,
)
from comeback.errors import InvalidInput, NotFound, Retryable
from comeback.outside import checked
from comeback.ports import Clock, Events, Store
from comeback.rotation import LINK, overlap_ends, rotated

Values = Mapping[str, str]
OVERLAP = timedelta(hours=24)
"""How long the old one of a renewed secret is taken: the other side may be slow to learn the new one."""
SAME = timedelta(minutes=15)
"""Renewed again within it, a secret is told once more, not made anew: the other side may not have learnt it, and still call with
the one before, of which there is one. Longer than any lost answer is waited for."""
PROXY = "gemini_proxy_url"
LEARNT: Mapping[str, str] = {"telegram_bot_username": "bot"}
"""Value → what a step told."""
CALLED_WITH = (*OURS.values(), "whatsapp_app_secret")
"""Of these, made or given anew, the old one is taken for a while, too: calls are under way that were made with it."""
PLAIN = re.compile(r"[\w-]{1,256}", re.ASCII)
"""What Telegram takes as a webhook's secret, and what stands in an address as it is."""


class SecretKeeper(Protocol):
    def read(self, company_id: str) -> Values:
        """As it is now. Raises Unavailable."""
        ...

    def change(self, company_id: str, change: Callable[[Values], Values]) -> None:
        """`change` may be called several times: others may write at the same moment. Raises Unavailable, Conflict."""
        ...


@dataclass(frozen=True)
class Asker:
    company_id: str
    user_id: str


class Connections:
    """`api`: where our API is reached from outside. `templates`: those of WhatsApp that we write with. `made`: a new secret,
    unguessable."""

    def __init__(
        self,
        store: Store,
        secrets: SecretKeeper,
        doors: Doors,
        clock: Clock,
        made: Callable[[], str],
        templates: Sequence[Wanted],
        api: str,
        events: Events,
    ) -> None:
        self._store = store
        self._secrets = secrets
        self._doors = doors
        self._clock = clock
        self._made = made
        self._templates = templates
        self._api = api
        self._events = events

    def states(self, company_id: str) -> list[State]:
        company, values = self._store.company(company_id), self._secrets.read(company_id)
        return [self._state(company, values, kind) for kind in Connection]

    def connect(
        self, who: Asker, kind: Connection, given: Values, crm_company_id: str = ""
    ) -> Report:
        """Verified, kept, pointed at us, confirmed. Nothing is kept when it can not be verified. Empty values are as they were.
        Raises InvalidInput for a proxy that is not outside, and when values are missing."""
        company, stored = self._store.company(who.company_id), self._secrets.read(who.company_id)
        given = {name: value for name, value in given.items() if value}
        if PROXY in given:
            _outside(given[PROXY])
        values = self._complete(kind, {**stored, **given})
        number = crm_company_id or company.crm_company_id
        if kind is Connection.YCLIENTS and not number:
            raise InvalidInput("crm_company_id", "is missing", "Give all values the first time")
        check = self._check(company, kind, values, number)
        verified = checks.run(check.verify())
        if not _all_well(verified):
            return self._noted(
                who.company_id,
                Report(kind, self._is_connected(company, stored, kind), tuple(verified)),
            )
        told = {name: found for step in verified for name, found in step.told.items()}
        values = {
            **values,
            **{ours: told[theirs] for ours, theirs in LEARNT.items() if theirs in told},
        }
        kept = {name: value for name, value in values.items() if stored.get(name) != value}
        self._keep(who, kind, company, kept, number)
        pointed = checks.run(chain(check.point(), check.confirm()))
        return self._noted(who.company_id, Report(kind, True, (*verified, *pointed)))

    def check(self, company_id: str, kind: Connection) -> Report:
        """Changes nothing. Raises NotFound when it is not connected."""
        company, values = self._store.company(company_id), self._secrets.read(company_id)
        if not self._is_connected(company, values, kind):
            raise NotFound(f"{kind} is not connected")
        check = self._check(company, kind, values, company.crm_company_id)
        steps = checks.run(chain(check.verify(), check.confirm()))
        return self._noted(company_id, Report(kind, True, tuple(steps)))

    def renew(self, who: Asker, kind: Connection) -> Report:
        """A new secret for those who call us, told to them; the old one is taken for `OVERLAP`. After a leak. Within `SAME` of
        the last renewal it is that one, told again. Raises NotFound."""
        company, values = self._store.company(who.company_id), self._secrets.read(who.company_id)
        if kind not in OURS or not self._is_connected(company, values, kind):
            raise NotFound(f"{kind} has no secret of ours")
        name, new, until = OURS[kind], self._made(), self._clock.now() + OVERLAP

        def renewed(now: Values) -> Values:
            ends = overlap_ends(now, name)
            return now if ends and ends > until - SAME else rotated(now, name, new, until)

        self._store.commit([self._told(who, "channels.renew", kind, (name,))])
        self._secrets.change(who.company_id, renewed)
        values = self._secrets.read(who.company_id)
        check = self._check(company, kind, values, company.crm_company_id)
        steps = checks.run(chain(check.point(), check.confirm()))
        return self._noted(who.company_id, Report(kind, True, tuple(steps)))

    def disconnect(self, who: Asker, kind: Connection) -> None:
        """Forgets its secrets, and asks the service to call us no more, if it still listens. Clients' personal links stay."""
        company, values = self._store.company(who.company_id), self._secrets.read(who.company_id)
        self._save(who, "channels.disconnect", kind, SECRETS[kind], _without_book(company, kind))
        # By its secrets: asked again after a crash, another book is chosen already, and it still calls.
        if _has_all(values, kind):
            checks.run(self._check(company, kind, values, company.crm_company_id).leave())
        gone = frozenset(names(kind))

        def forgotten(now: Values) -> Values:
            return {name: value for name, value in now.items() if name not in gone}

        self._secrets.change(who.company_id, forgotten)

    # ── parts ────────────────────────────────────────────────────────────────────────────────────

    def _complete(self, kind: Connection, values: Values) -> Values:
        """With what is ours to make. Raises InvalidInput naming what is missing."""
        for name in SECRETS[kind]:
            if not values.get(name):
                raise InvalidInput(name, "is missing", "Give all values the first time")
        own = (*SECRETS[kind], *ALSO.get(kind, ()), OURS.get(kind, ""), LINK)
        known = {name: values[name] for name in own if values.get(name)}
        if kind in OURS and not PLAIN.fullmatch(known.get(OURS[kind], "")):
            known[OURS[kind]] = self._made()
        if kind is Connection.TELEGRAM and LINK not in known:
            known[LINK] = values.get(OURS[kind]) or self._made()
        return known

    def _keep(
        self, who: Asker, kind: Connection, company: Company, kept: Values, number: str
    ) -> None:
        until = self._clock.now() + OVERLAP
        after = company
        if kind is Connection.YCLIENTS:
            after = replace(company, crm=CrmKind.YCLIENTS, crm_company_id=number)
        fields = (*sorted(kept), *(("crm_company_id",) if after != company else ()))
        self._save(who, "channels.connect", kind, fields, after if after != company else None)
        self._secrets.change(who.company_id, lambda now: _with(now, kept, until))
        if kind is Connection.YCLIENTS:
            with suppress(Retryable):  # the next tick asks for it, too
                self._events.publish(who.company_id, SYNC, {"name": FULL})

    def _save(
        self,
        who: Asker,
        operation: str,
        kind: Connection,
        fields: tuple[str, ...],
        company: Company | None,
    ) -> None:
        changes: list[Change] = [SaveCompany(company)] if company else []
        self._store.commit([*changes, self._told(who, operation, kind, fields)])

    def _told(
        self, who: Asker, operation: str, kind: Connection, fields: tuple[str, ...]
    ) -> Audited:
        now = self._clock.now()
        return Audited(who.company_id, now, who.user_id, operation, kind.value, fields)

    def _check(self, company: Company, kind: Connection, values: Values, number: str) -> Check:
        hook = f"{self._api}/webhooks/{{}}/{company.company_id}"
        if kind is Connection.TELEGRAM:
            secret = values.get("telegram_webhook_secret", "")
            return checks.TelegramCheck(
                self._doors.telegram(values), hook.format("telegram"), secret
            )
        if kind is Connection.WHATSAPP:
            return checks.WhatsAppCheck(
                self._doors.whatsapp(values),
                hook.format("whatsapp"),
                values.get("whatsapp_verify_token", ""),
                values["whatsapp_app_secret"],
                tuple(t.place for t in self._templates if t.language == company.language),
            )
        if kind is Connection.YCLIENTS:
            door = self._doors.book(values, number)
            secret = values.get("crm_webhook_secret", "")
            return checks.YclientsCheck(door, f"{hook.format('crm')}/", secret)
        model = self._doors.model(values, company.language)
        return checks.GeminiCheck(model, company.business_type.value)

    def _state(self, company: Company, values: Values, kind: Connection) -> State:
        shown = {name: values[name] for name in names(kind) if name in SHOWN and name in values}
        if kind is Connection.YCLIENTS and company.crm is CrmKind.YCLIENTS:
            shown["crm_company_id"] = company.crm_company_id
        connected = self._is_connected(company, values, kind)
        last = self._store.cursor(company.company_id, _place(kind)) if connected else None
        if last is None:
            return State(kind, connected, shown)
        at = datetime.fromisoformat(last["at"])
        return State(kind, connected, shown, at, last.get("failed", ""))

    @staticmethod
    def _is_connected(company: Company, values: Values, kind: Connection) -> bool:
        chosen = kind is not Connection.YCLIENTS or company.crm is CrmKind.YCLIENTS
        return chosen and _has_all(values, kind)

    def _noted(self, company_id: str, report: Report) -> Report:
        """What the last check found, for the list of channels: no change, so not in the log."""
        found = {"at": self._clock.now().isoformat(), "failed": report.failed}
        self._store.save_cursor(company_id, _place(report.kind), found)
        return report


def _has_all(values: Values, kind: Connection) -> bool:
    return all(values.get(name) for name in SECRETS[kind])


def _place(kind: Connection) -> str:
    return f"connection.{kind.value}"


def _all_well(steps: list[Step]) -> bool:
    return all(step.ok for step in steps)


def _outside(url: str) -> None:
    try:
        checked(url)
    except InvalidInput as error:
        raise InvalidInput(PROXY, error.problem, error.remedy) from error


def _with(now: Values, kept: Values, until: datetime) -> Values:
    for name, value in kept.items():
        now = rotated(now, name, value, until) if name in CALLED_WITH else {**now, name: value}
    return now


def _without_book(company: Company, kind: Connection) -> Company | None:
    if kind is not Connection.YCLIENTS or company.crm is not CrmKind.YCLIENTS:
        return None
    return replace(company, crm=CrmKind.NATIVE)
