"""The team, as it is shown and changed."""

from datetime import datetime
from typing import Annotated

from comeback.team.model import Role, Standing
from msgspec import Meta, Struct

Email = Annotated[str, Meta(pattern=r"^[^@\s]{1,64}@[^@\s]+\.[^@\s]+$(?!\n)", max_length=254)]


class MemberView(Struct):
    """Somebody who may sign in. `standing`: invited (never came yet), active or blocked."""

    user_id: str
    email: str
    role: Role
    standing: Standing
    since: datetime


class TeamList(Struct):
    """Everybody, owners first."""

    members: list[MemberView]


class Invitation(Struct, forbid_unknown_fields=True):
    """Who is invited, by e-mail. `language` of the console for them."""

    email: Email
    role: Role
    language: Annotated[str, Meta(pattern=r"^(ru|en)$(?!\n)")] = "ru"


class RoleBody(Struct, forbid_unknown_fields=True):
    """The new role."""

    role: Role
