"""What the team itself says of a client: tags, who is a VIP, the language they are written to in, whom they like to come to."""

from dataclasses import dataclass, replace

from comeback.changes import Audited, SaveClient, SaveDue
from comeback.clients.model import Client
from comeback.errors import Conflict, InvalidInput
from comeback.ports import Clock, Store

MOST_TAGS, LONGEST_TAG = 20, 40


@dataclass(frozen=True)
class Card:
    """None leaves as it was."""

    tags: tuple[str, ...] | None = None
    vip: bool | None = None
    language: str | None = None
    preferred_staff_id: str | None = None


class ChangeClient:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def run(
        self, company_id: str, client_id: str, version: int, card: Card, user_id: str
    ) -> Client:
        """`version`: of the client that the user saw. Asked again for what is so already, it changes nothing. Raises NotFound,
        InvalidInput, and Conflict when somebody else changed the client since."""
        file = self._store.client(company_id, client_id)
        client = file.client
        self._known_staff(company_id, card)
        told = {name: value for name, value in vars(card).items() if value is not None}
        if card.tags is not None:
            told["tags"] = cleaned(card.tags)
        changed = replace(client, **told)
        fields = tuple(sorted(n for n in told if getattr(client, n) != getattr(changed, n)))
        if not fields:
            return client
        if client.version != version:
            raise Conflict(f"client {client_id} was changed meanwhile")
        now = self._clock.now()
        done = Audited(company_id, now, user_id, "clients.change", client_id, fields)
        queued = [SaveDue(replace(d, vip=changed.vip)) for d in file.due if d.vip != changed.vip]
        self._store.commit([SaveClient(changed), *queued, done])
        return replace(changed, version=version + 1)

    def _known_staff(self, company_id: str, card: Card) -> None:
        staff_id = card.preferred_staff_id
        if staff_id and staff_id not in self._store.catalogue(company_id).staff:
            raise InvalidInput("preferred_staff_id", "is nobody", "Name one of the staff")


def cleaned(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Without blanks around and without repetitions, whatever their case. Raises InvalidInput for too many or too long."""
    named = {" ".join(tag.split()) for tag in tags} - {""}
    once = {tag.casefold(): tag for tag in sorted(named, reverse=True)}
    if len(once) > MOST_TAGS:
        raise InvalidInput("tags", "are too many", "Keep the 20 that matter")
    if any(len(tag) > LONGEST_TAG for tag in once.values()):
        raise InvalidInput("tags", "has one that is too long", "Write at most 40 characters")
    return tuple(sorted(once.values(), key=str.casefold))
