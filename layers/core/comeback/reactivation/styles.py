"""The ways a message may be worded: arms to learn from. Each has its approved WhatsApp template."""

from collections.abc import Collection, Mapping
from enum import StrEnum


class Style(StrEnum):
    REMINDER = "reminder"
    """How long it has been, then the free times."""
    INVITATION = "invitation"
    """A free time at the favourite master first; the past is not mentioned."""


TEMPLATES: Mapping[Style, str] = {
    Style.REMINDER: "comeback_reactivation_v1",
    Style.INVITATION: "comeback_invitation_v1",
}
"""Names under which the words are registered with Meta (whatsapp_templates.py)."""


def usable(templates_out: Collection[str], language: str) -> tuple[Style, ...]:
    """Whose template Meta has not taken out in this language; `templates_out` as in `Account`."""
    return tuple(
        style for style, name in TEMPLATES.items() if f"{name}.{language}" not in templates_out
    )
