"""A secret that changes while it is in use: for an overlap the old one is taken beside the new.

Three values of a company's secret document, so that who reads the document knows both at no further call:
`<name>`, `<name>_previous` and `<name>_previous_until` (ISO 8601, UTC).

Import-light on purpose: webhooks load it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

Values = Mapping[str, str]
LINK, LINK_BEFORE = "link_secret", "telegram_webhook_secret"
"""Personal links have a secret of their own; where it was never set they are signed with the Telegram webhook's."""


def accepted(values: Values, name: str, now: datetime) -> tuple[str, ...]:
    """What proves knowledge of the secret `now`, the current one first; empty when there is none."""
    both = values.get(name, ""), _previous(values, name, now)
    return tuple(filter(None, both))


def rotated(values: Values, name: str, new: str, until: datetime) -> dict[str, str]:
    """The document after a rotation: the old value is accepted before `until`.

    Personal links signed with the webhook's secret stay signed with that value, so that printed ones keep working.
    """
    old = link_key(values) if name == LINK else values.get(name, "")
    after = {**values, name: new}
    if not old or old == new:
        return after
    if name == LINK_BEFORE:
        after.setdefault(LINK, old)
    ends = until.astimezone(UTC).isoformat(timespec="seconds")
    return {**after, f"{name}_previous": old, f"{name}_previous_until": ends}


def link_key(values: Values) -> str:
    """What new personal links are signed with; empty when the company has no secret for it."""
    return values.get(LINK) or values.get(LINK_BEFORE, "")


def link_keys(values: Values, now: datetime) -> tuple[str, ...]:
    """What a personal link may be signed with."""
    return accepted(values, LINK if values.get(LINK) else LINK_BEFORE, now)


def overlap_ends(values: Values, name: str) -> datetime | None:
    """Without a readable end there is no overlap: an old secret never lives on by a slip of the pen."""
    try:
        ends = datetime.fromisoformat(values[f"{name}_previous_until"])
    except (KeyError, ValueError):
        return None
    return ends if ends.tzinfo else ends.replace(tzinfo=UTC)


def _previous(values: Values, name: str, now: datetime) -> str:
    ends = overlap_ends(values, name)
    return values.get(f"{name}_previous", "") if ends and now < ends else ""
