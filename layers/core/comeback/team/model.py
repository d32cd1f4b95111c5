"""A member of a company's team."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    OWNER = "owner"
    """Everything: secrets, the team, settings, erasure."""
    MANAGER = "manager"
    """The daily work: rules, journeys, clients."""
    VIEWER = "viewer"
    """Reads."""

    def may(self, needed: "Role") -> bool:
        return RANKS[self] >= RANKS[needed]


RANKS = {Role.VIEWER: 0, Role.MANAGER: 1, Role.OWNER: 2}


class Standing(StrEnum):
    INVITED = "invited"
    """Has a temporary password by e-mail, and never signed in."""
    ACTIVE = "active"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Member:
    company_id: str
    user_id: str
    """Never changes, and names nobody."""
    email: str
    role: Role
    standing: Standing
    since: datetime
    """Aware, UTC."""
