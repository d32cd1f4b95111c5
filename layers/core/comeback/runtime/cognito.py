"""Signing in with Cognito. Passwords and codes go through; nothing of them is kept, and nothing is logged.

Every call but a second factor's is signed by the function's role, so that nobody tries passwords past our front door. A lost
answer costs a new try: signing in changes nothing but a user's own first password, which stands then.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from comeback.errors import InvalidInput, RateLimited, Refused, Unavailable
from comeback.runtime.aws import client
from comeback.runtime.settings import UserPoolSettings, from_env

Answer = TypeVar("Answer")
REFUSED = frozenset(
    {
        "NotAuthorizedException",
        "UserNotFoundException",
        "UserNotConfirmedException",
        "PasswordResetRequiredException",
    }
)
MISTYPED = frozenset(
    {"CodeMismatchException", "EnableSoftwareTokenMFAException", "ExpiredCodeException"}
)
BUSY = frozenset(
    {"TooManyRequestsException", "LimitExceededException", "TooManyFailedAttemptsException"}
)


class Challenge(StrEnum):
    """What Cognito wants besides the password, by our names."""

    TOTP = "totp"
    NEW_PASSWORD = "new_password"  # noqa: S105  # a name
    SET_UP_TOTP = "set_up_totp"


NAMES: Mapping[str, Challenge] = {
    "SOFTWARE_TOKEN_MFA": Challenge.TOTP,
    "NEW_PASSWORD_REQUIRED": Challenge.NEW_PASSWORD,
    "MFA_SETUP": Challenge.SET_UP_TOTP,
}
ASKED = {ours: theirs for theirs, ours in NAMES.items()}


@dataclass(frozen=True)
class Tokens:
    id_token: str
    """What the API takes."""
    expires_in: int
    """Seconds."""
    refresh_token: str = ""
    """Empty when the one we have goes on."""


@dataclass(frozen=True)
class Challenged:
    challenge: Challenge
    session: str
    """Goes back with the answer; it lives three minutes."""
    secret: str = ""
    """For an authenticator app, when one is to be set up."""


@dataclass(frozen=True)
class UserPool:
    """Every method may raise Refused (wrong, unknown or blocked: not told which), RateLimited and Unavailable."""

    pool_id: str
    client_id: str

    def sign_in(self, email: str, password: str) -> Tokens | Challenged:
        return self._initiate("ADMIN_USER_PASSWORD_AUTH", USERNAME=email, PASSWORD=password)

    def refresh(self, refresh_token: str) -> Tokens:
        found = self._initiate("REFRESH_TOKEN_AUTH", REFRESH_TOKEN=refresh_token)
        if isinstance(found, Challenged):
            raise Refused("a session that goes on is asked nothing")
        return found

    def answer(
        self, challenge: Challenge, session: str, email: str, code: str, password: str
    ) -> Tokens | Challenged:
        """`code` of the authenticator app, or the new `password`. Raises InvalidInput naming which is wrong."""
        if challenge is Challenge.SET_UP_TOTP:
            session = self._verified(session, code)
        given = {
            Challenge.TOTP: {"SOFTWARE_TOKEN_MFA_CODE": code},
            Challenge.NEW_PASSWORD: {"NEW_PASSWORD": password},
            Challenge.SET_UP_TOTP: {},
        }[challenge]
        answered = _called(
            client("cognito-idp").admin_respond_to_auth_challenge,
            UserPoolId=self.pool_id,
            ClientId=self.client_id,
            ChallengeName=ASKED[challenge],
            ChallengeResponses={"USERNAME": email, **given},
            Session=session,
        )
        return self._next(answered)

    def sign_out(self, refresh_token: str) -> None:
        """Ends this session everywhere. One that is over is no error."""
        try:
            _called(
                client("cognito-idp").revoke_token, Token=refresh_token, ClientId=self.client_id
            )
        except (Refused, InvalidInput):
            return

    def _initiate(self, flow: str, **parameters: str) -> Tokens | Challenged:
        answered = _called(
            client("cognito-idp").admin_initiate_auth,
            UserPoolId=self.pool_id,
            ClientId=self.client_id,
            AuthFlow=flow,
            AuthParameters=parameters,
        )
        return self._next(answered)

    def _next(self, answered: Mapping[str, Any]) -> Tokens | Challenged:
        if result := answered.get("AuthenticationResult"):
            renewed = result.get("RefreshToken", "")
            return Tokens(result["IdToken"], result["ExpiresIn"], renewed)
        name, session = answered["ChallengeName"], answered["Session"]
        if name not in NAMES:
            raise Refused(f"{name} is asked, which the console can not answer")
        if NAMES[name] is not Challenge.SET_UP_TOTP:
            return Challenged(NAMES[name], session)
        found = _called(client("cognito-idp").associate_software_token, Session=session)
        return Challenged(Challenge.SET_UP_TOTP, found["Session"], found["SecretCode"])

    def _verified(self, session: str, code: str) -> str:
        found = _called(client("cognito-idp").verify_software_token, Session=session, UserCode=code)
        if found["Status"] != "SUCCESS":
            raise _mistyped()
        return str(found["Session"])


def user_pool() -> UserPool:
    own = from_env(UserPoolSettings)
    return UserPool(own.user_pool_id, own.user_pool_client_id)


def _called(call: Callable[..., Answer], **arguments: Any) -> Answer:
    try:
        return call(**arguments)
    except ClientError as error:
        raise _told(error.response["Error"]["Code"]) from None  # its words may quote what was typed
    except BotoCoreError as error:
        raise Unavailable(type(error).__name__) from None


def _told(code: str) -> Exception:
    if code in MISTYPED:
        return _mistyped()
    if code == "InvalidPasswordException":
        remedy = "Take 12 characters or more, with a capital and a small letter, a digit and a sign"
        return InvalidInput("password", "is too simple", remedy)
    if code == "InvalidParameterException":
        return InvalidInput("body", "is not what Cognito takes", "Sign in again from the start")
    if code in REFUSED:
        return Refused(code)
    return RateLimited(code) if code in BUSY else Unavailable(code)


def _mistyped() -> InvalidInput:
    remedy = "Type the six digits that the authenticator app shows now"
    return InvalidInput("code", "is wrong or too old", remedy)
