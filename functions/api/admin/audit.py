"""Who changed what."""

import re

from api.admin.resource import Asked, Resource
from api.admin.wire.audit import AuditEntry
from api.admin.wire.cursors import cursor, parts
from api.admin.wire.pages import Page, PageQuery
from comeback.runtime import wiring

audit = Resource("audit")
ENTRY = re.compile(r"([0-9T:.+-]{32}#[0-9a-f]{12})", re.ASCII)


@audit.get("/audit", query=PageQuery, answers=Page[AuditEntry])
def list_changes(asked: Asked[PageQuery]) -> Page[AuditEntry]:
    """What was changed and by whom, the newest first."""
    limit = asked.query.limit
    found = wiring.store().audit(asked.company_id, _entry(asked.query.cursor), limit + 1)
    shown = [AuditEntry(a.at, a.user_id, a.operation, a.target, a.fields) for a in found[:limit]]
    return Page(shown, cursor(found[limit - 1].entry) if len(found) > limit else None)


def _entry(given: str) -> str:
    """A place in the log, whosever it is: the log itself is always the caller's."""
    return parts(given, ENTRY)[0] if given else ""
