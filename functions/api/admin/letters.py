"""What could not be handled: shown, and put back once the cause is mended."""

from api.admin.caller import Role
from api.admin.resource import Asked, Resource
from api.admin.wire.letters import DeadLetter, DeadLetterList, DeadLetterQueue, PutBack
from comeback.errors import NotFound
from comeback.runtime import wiring
from comeback.runtime.company_letters import Lying, Queue

letters = Resource("letters")


@letters.get("/letters", answers=DeadLetterList, role=Role.MANAGER)
def list_letters(asked: Asked[None]) -> DeadLetterList:
    """Dead letters of this company, queue by queue, without a word of what they say."""
    return DeadLetterList([_queue(lying) for lying in wiring.letters().lying(asked.company_id)])


@letters.post("/letters/{queue}/redrive", answers=PutBack)
def redrive(asked: Asked[None]) -> PutBack:
    """Puts this company's dead letters of one queue back into it. Harmless when repeated."""
    name = asked.path["queue"]
    if name not in set(Queue):
        raise NotFound("no such queue")
    user_id = asked.caller.user_id
    return PutBack(wiring.letters().put_back(asked.company_id, user_id, Queue(name)))


def _queue(lying: Lying) -> DeadLetterQueue:
    shown = [DeadLetter(one.message_id, one.sent_at, one.kind) for one in lying.letters]
    return DeadLetterQueue(lying.queue, shown, lying.more)
