"""WhatsApp's templates: which Meta has approved of those that we write with, and handing in the others."""

from collections.abc import Mapping, Sequence

from comeback.changes import Audited
from comeback.connections.connect import Asker, SecretKeeper
from comeback.connections.doors import Doors, WhatsAppDoor
from comeback.connections.model import SECRETS, Connection, Template, Wanted
from comeback.errors import InvalidInput, NotFound, Permanent
from comeback.ports import Clock, Store


class Templates:
    """Raises NotFound while WhatsApp is not connected, and what the adapter raises."""

    def __init__(
        self,
        store: Store,
        secrets: SecretKeeper,
        doors: Doors,
        clock: Clock,
        wanted: Sequence[Wanted],
    ) -> None:
        self._store = store
        self._secrets = secrets
        self._doors = doors
        self._clock = clock
        self._wanted = wanted

    def known(self, company_id: str) -> list[Template]:
        return self._joined(self._door(company_id).templates())

    def submit(self, who: Asker) -> list[Template]:
        """Those that Meta does not know. Repeated, it hands in nothing twice: Meta is asked first."""
        door = self._door(who.company_id)
        known = dict(door.templates())
        missing = [each for each in self._wanted if each.place not in known]
        if missing:
            names = tuple(f"{each.name}.{each.language}" for each in missing)
            now = self._clock.now()
            told = Audited(who.company_id, now, who.user_id, "channels.submit", "whatsapp", names)
            self._store.commit([told])
        for each in missing:
            known[each.place] = _submitted(door, each)
        return self._joined(known)

    def _door(self, company_id: str) -> WhatsAppDoor:
        values = self._secrets.read(company_id)
        if not all(values.get(name) for name in SECRETS[Connection.WHATSAPP]):
            raise NotFound("WhatsApp is not connected")
        return self._doors.whatsapp(values)

    def _joined(self, known: Mapping[tuple[str, str], str]) -> list[Template]:
        return [
            Template(each.name, each.language, each.body, known.get(each.place, ""))
            for each in self._wanted
        ]


def _submitted(door: WhatsAppDoor, wanted: Wanted) -> str:
    try:
        return door.submit(wanted.registration)
    except Permanent as error:
        problem, remedy = "is not taken by Meta", "Look into WhatsApp Manager, Message templates"
        raise InvalidInput(wanted.name, problem, remedy) from error
