"""What a run leaves: all that is stored, and all that was done outside; and what differs between two of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from comeback.changes import Audited

from tests.crashes.world import MADE, ON, World

NUMBERED = re.compile(rf"\b{MADE}\d+")


def picture(world: World) -> dict[object, object]:
    """All that is stored and all that was done outside, by name."""
    return {**_stored(world), **_done_outside(world)}


def differences(
    expected: World, found: World, *, tokens_anew: bool, tries_logged: bool = False
) -> list[str]:
    """Between what two runs left. Nothing is let differ, but

    - moments within the hour, when the clock went on between two deliveries: it is the first's time or the second's;
    - a secret that we made, which another try makes anew: it is called made; whether the other side was told the one that we
      kept is compared beside it;
    - who claimed a message: an invocation's own name, meant to be another each time;
    - the token of the wait under way, another one after Step Functions tried again: it is called by its part; and then how
      often (`version`) an item was written, since the new token is written too;
    - `tries_logged`: how often somebody tried the same, as the audit log tells it, and what was left to do by then.
    """
    worlds = (expected, found)
    pictures = tuple(map(picture, worlds))
    if tries_logged:
        pictures = tuple(map(_tried, pictures))
    if worlds[0].token == worlds[1].token:
        pictures = _unequal(*pictures)
    coarse = worlds[0].clock.now() != worlds[1].clock.now()
    left, right = (
        _readable(seen, _Plain(coarse, world.token, tokens_anew))
        for seen, world in zip(pictures, worlds, strict=True)
    )
    return [
        f"{name}\n    expected {left.get(name)}\n    found    {right.get(name)}"
        for name in sorted({*left, *right})
        if left.get(name) != right.get(name)
    ]


Picture = dict[object, object]


def _tried(seen: Picture) -> Picture:
    kept = {name: item for name, item in seen.items() if not isinstance(item, Audited)}
    logged = [item for item in seen.values() if isinstance(item, Audited)]
    return {**kept, "tried": {(a.user_id, a.operation, a.target) for a in logged}}


def _unequal(left: Picture, right: Picture) -> tuple[Picture, Picture]:
    """Cheap, for most of two pictures is the same to the second."""
    same = {name for name, seen in left.items() if name in right and right[name] == seen}
    a, b = ({n: seen for n, seen in side.items() if n not in same} for side in (left, right))
    return a, b


def _readable(seen: Picture, plain: "_Plain") -> dict[str, object]:
    return {str(plain(name)): plain(found) for name, found in seen.items()}


@dataclass(frozen=True)
class _Plain:
    """Values as what can be compared and read."""

    coarse: bool
    token: str
    tokens_written: bool

    def __call__(self, found: Any) -> Any:
        if isinstance(found, Enum):
            return found.value
        if isinstance(found, datetime):
            return self._moment(found)
        if isinstance(found, str):
            return self._words(found)
        if is_dataclass(found):
            left_out = {"claimed_by", "version"} if self.tokens_written else {"claimed_by"}
            kept = [f.name for f in fields(found) if f.name not in left_out]
            return {name: self(getattr(found, name)) for name in kept}
        if isinstance(found, Mapping):
            return {str(self(key)): self(inner) for key, inner in found.items()}
        if isinstance(found, set | frozenset):
            return sorted(map(str, map(self, found)))
        if isinstance(found, list | tuple):
            return [self(inner) for inner in found]
        return found

    def _words(self, found: str) -> str:
        if found == self.token:
            return "the token under way"
        found = NUMBERED.sub("made", found)
        if self.coarse and len(found) > 18 and found[4:5] == "-" and found[10:11] == "T":
            moment, mark, rest = found.partition("#")
            return f"{self._moment(datetime.fromisoformat(moment))}{mark}{rest}"
        return found

    def _moment(self, found: datetime) -> str:
        return found.isoformat()[: 13 if self.coarse else None]


def _stored(world: World) -> dict[object, object]:
    """Every item, and what adds up, by name."""
    store = world.store
    days = (ON - timedelta(days=200), ON + timedelta(days=200))
    found: dict[object, object] = {
        (*at, *key): item for at, items in store._items.items() for key, item in items.items()
    }
    for company in store.companies():
        name = company.company_id
        found |= {
            ("company", name): company,
            ("catalogue", name): store.catalogue(name),
            ("accounts", name): store.accounts(name),
            ("arms", name): store.arms(name),
            ("trials", name): list(store.trials(name, *days)),
            ("funnel", name): store.funnel(name, *days),
        }
    kept: dict[object, object] = {
        "models": store._models,
        "gaps": store._gaps,
        "cursors": store._cursors,
        "usage": store._usage,
    }
    return {**found, **kept, "held": world.book.held, "reserved": world.limits.taken}


def _done_outside(world: World) -> dict[object, object]:
    """Messages in their order per person, bookings, campaigns, and what whoever still waits was told."""
    everything = (*world.telegram.sent, *world.whatsapp.sent)
    sent: dict[object, list[object]] = {}
    for message in everything:
        sent.setdefault(("sent", message.address), []).append((message.outbox_id, message.content))
    told = world.orchestrator.finished.items()
    return {
        **sent,
        "booked": (world.book.bookings, world.yclients.booked),
        "campaigns": (world.orchestrator.campaigns, world.orchestrator.others),
        "told": {token: o for token, o in told if token not in world.dead_tokens},
        "files": world.files.kept,
        **_office(world),
    }


def _office(world: World) -> dict[object, object]:
    """The team, our secrets, and what the services that the owner connects were told."""
    people, doors, kept = world.people, world.doors, world.keeper.read("salon")
    telegram, whatsapp, book = doors.of_telegram, doors.of_whatsapp, doors.of_book
    crm_secret = kept.get("crm_webhook_secret", "")
    return {
        "team": (people.users, people.written_to, people.with_authenticator),
        "secrets": kept,
        "webhooks": (telegram, whatsapp, book),
        "told what we kept": (
            telegram.secret == kept.get("telegram_webhook_secret", ""),
            whatsapp.secret == kept.get("whatsapp_verify_token", ""),
            [url.endswith(crm_secret) for url in book.urls if "/webhooks/" in url],
        ),
    }
