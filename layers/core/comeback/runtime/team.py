"""Cognito behind the People port.

It can not be searched by attributes of our own, so a company's members are picked from all users: 60 a request. What it complains
of may quote an address, so nothing of it goes on but the error's class.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from comeback.errors import (
    AlreadyDone,
    ComebackError,
    InvalidInput,
    NotFound,
    RateLimited,
    Unavailable,
)
from comeback.team.model import Member, Role, Standing

Answer = TypeVar("Answer")
PAGE = 60
COMPANY, ROLE = "custom:company", "custom:role"
USER_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
INVITED = "FORCE_CHANGE_PASSWORD"
ERRORS: Mapping[str, Callable[[str], ComebackError]] = {
    "UserNotFoundException": NotFound,
    "UsernameExistsException": AlreadyDone,
    "AliasExistsException": AlreadyDone,
    "TooManyRequestsException": RateLimited,
    "LimitExceededException": RateLimited,
    "InvalidParameterException": lambda _: InvalidInput(
        "email", "is not what Cognito takes", "Write an e-mail address, such as anna@example.com"
    ),
}


class CognitoTeam:
    def __init__(self, cognito: Any, pool_id: str) -> None:
        self._cognito = cognito
        self._pool_id = pool_id

    def members(self, company_id: str) -> list[Member]:
        found = [_member(u["Username"], u, _attributes(u["Attributes"])) for u in self._users()]
        return [m for m in found if m and m.company_id == company_id]

    def member(self, company_id: str, user_id: str) -> Member:
        if not USER_ID.fullmatch(user_id):  # an address would do for Cognito, too
            raise NotFound("no such member")
        user = self._called("admin_get_user", Username=user_id)
        found = _member(user["Username"], user, _attributes(user["UserAttributes"]))
        if found is None or found.company_id != company_id:
            raise NotFound("no such member")
        return found

    def invite(
        self, company_id: str, email: str, role: Role, language: str, *, quiet: bool = False
    ) -> Member:
        """Addresses in lower case: Cognito may tell Anna@ from anna@. `quiet`: no letter."""
        attributes = {
            "email": email.lower(),
            "email_verified": "true",
            "locale": language,
            COMPANY: company_id,
            ROLE: role.value,
        }
        made = self._called(
            "admin_create_user",
            Username=email.lower(),
            UserAttributes=_pairs(attributes),
            **({"MessageAction": "SUPPRESS"} if quiet else {"DesiredDeliveryMediums": ["EMAIL"]}),
        )["User"]
        return self.member(company_id, made["Username"])

    def invite_again(self, member: Member) -> None:
        self._called(
            "admin_create_user",
            Username=member.email,
            MessageAction="RESEND",
            DesiredDeliveryMediums=["EMAIL"],
        )

    def give(self, member: Member, role: Role) -> None:
        self._called(
            "admin_update_user_attributes",
            Username=member.user_id,
            UserAttributes=_pairs({ROLE: role.value}),
        )

    def remove(self, member: Member) -> None:
        """Their sessions end with them; a token at hand lives on for minutes (UserPoolClient). Gone already is no error."""
        with suppress(NotFound):
            self._called("admin_delete_user", Username=member.user_id)

    def forget_totp(self, member: Member) -> None:
        off = {"Enabled": False, "PreferredMfa": False}
        self._called(
            "admin_set_user_mfa_preference",
            Username=member.user_id,
            SoftwareTokenMfaSettings=off,
        )
        self._called("admin_user_global_sign_out", Username=member.user_id)

    def _users(self) -> Iterator[Mapping[str, Any]]:
        after: dict[str, str] = {}
        while True:
            page = self._called("list_users", Limit=PAGE, **after)
            yield from page["Users"]
            if not page.get("PaginationToken"):
                return
            after = {"PaginationToken": page["PaginationToken"]}

    def _called(self, operation: str, **arguments: Any) -> Any:
        try:
            return getattr(self._cognito, operation)(UserPoolId=self._pool_id, **arguments)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise ERRORS.get(code, Unavailable)(code) from None
        except BotoCoreError as error:
            raise Unavailable(type(error).__name__) from None


def _member(user_id: str, user: Mapping[str, Any], attributes: Mapping[str, str]) -> Member | None:
    """None for who has no company or no role of ours."""
    if not attributes.get(COMPANY) or attributes.get(ROLE) not in set(Role):
        return None
    invited = user["UserStatus"] == INVITED
    standing = Standing.INVITED if invited else Standing.ACTIVE
    return Member(
        company_id=attributes[COMPANY],
        user_id=user_id,
        email=attributes.get("email", ""),
        role=Role(attributes[ROLE]),
        standing=standing if user["Enabled"] else Standing.BLOCKED,
        since=user["UserCreateDate"].astimezone(UTC),
    )


def _attributes(pairs: list[Mapping[str, str]]) -> Mapping[str, str]:
    return {pair["Name"]: pair["Value"] for pair in pairs}


def _pairs(attributes: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in attributes.items()]
