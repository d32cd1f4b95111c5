"""One decision, written all or not at all, and once: what to believe when DynamoDB refuses or falls silent.

- A condition failed, but the item carries this write's own token: the SDK repeated a call whose answer was lost. It is done.
- An optional write's condition failed: the rest goes ahead without it.
- Another transaction holds an item (a campaign's counters): again, after a pause.
- No answer at all: done if the items carry the token; else Unavailable.
"""

import time
import uuid
from collections.abc import Sequence

from comeback.errors import AlreadyDone, Conflict, Unavailable
from comeback.storage.faults import ConditionsFailed, Contended
from comeback.storage.items.conversations import EventItem
from comeback.storage.table import SENT_ORDER, Put, Table, Write

AT_MOST = 100
"""DynamoDB's limit for one transaction."""
PAUSES = (0.02, 0.04, 0.08, 0.16, 0.32, 0.64)
"""Seconds before a contended transaction is sent again."""


def apply(table: Table, writes: Sequence[Write]) -> None:
    """Raises AlreadyDone, Conflict, RateLimited or Unavailable; ValueError for more than 100 writes."""
    if len(writes) > AT_MOST:
        raise ValueError(f"{len(writes)} writes do not fit one transaction")
    left = sorted(writes, key=lambda write: SENT_ORDER.index(type(write)))
    while left:
        token = uuid.uuid4().hex
        try:
            _send(table, left, token)
        except ConditionsFailed as refusal:
            if _ours(table, left, token):
                return
            left = _without_optional(left, refusal)
        except Unavailable:
            if _ours(table, left, token):
                return
            raise
        else:
            return


def _send(table: Table, writes: Sequence[Write], token: str) -> None:
    """One token for all tries, so that DynamoDB itself recognises a repetition (for ten minutes)."""
    for write in writes:
        if isinstance(write, Put):
            write.item.written_by = token
    for pause in PAUSES:
        try:
            return table.write(writes, token)
        except Contended:
            time.sleep(pause)
    try:
        return table.write(writes, token)
    except Contended as error:
        raise Conflict("other transactions kept holding the item") from error


def _ours(table: Table, writes: Sequence[Write], token: str) -> bool:
    """All or nothing: one item with our token means that all of them were written."""
    put = [write.key for write in writes if isinstance(write, Put)]
    return any(item.written_by == token for item in table.get_all(put).values())


def _without_optional(writes: Sequence[Write], refusal: ConditionsFailed) -> list[Write]:
    refused = [writes[n] for n in refusal.failed if not writes[n].optional]
    if any(isinstance(write, Put) and isinstance(write.item, EventItem) for write in refused):
        raise AlreadyDone("this event had its effect before") from refusal
    if refused:
        raise Conflict(f"changed meanwhile: {[write.key.sk for write in refused]}") from refusal
    return [write for n, write in enumerate(writes) if n not in refusal.failed]
