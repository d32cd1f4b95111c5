"""Teaches MiniStack's Cognito what it leaves out: where the pool wants an authenticator app and the user has none yet, AWS asks
for one to be set up (MFA_SETUP), and remembers whose session a secret was made for. MiniStack lets such a user in without.
"""

import json
import secrets
from collections.abc import Callable
from typing import Any

APP = "SOFTWARE_TOKEN_MFA"


def taught(cognito: Any) -> None:
    """Runs on MiniStack's interpreter, before it serves."""
    users: dict[str, dict[str, Any]] = {}
    """By session."""
    asked: Callable[..., Any] = cognito._mfa_challenge_for_user
    associate, verify = cognito._associate_software_token, cognito._verify_software_token

    def challenge(pool: Any, user: dict[str, Any], pool_id: str, username: str) -> Any:
        if pool.get("MfaConfiguration") != "ON" or APP in user.get("_mfa_enabled", []):
            return asked(pool, user, pool_id, username)
        session = secrets.token_urlsafe(40)
        users[session] = user
        parameters = {"MFAS_CAN_SETUP": json.dumps([APP]), "USER_ID_FOR_SRP": username}
        return {
            "ChallengeName": "MFA_SETUP",
            "Session": session,
            "ChallengeParameters": parameters,
        }

    def associated(data: dict[str, Any]) -> Any:
        return _passed_on(users, data, associate(data))

    def verified(data: dict[str, Any]) -> Any:
        secret = cognito._totp_session_secrets.get(data.get("Session"))
        answer = _passed_on(users, data, verify(data))
        user = users.get(_session(answer))
        if user is not None and secret:
            user.update(_totp_secret=secret, _mfa_enabled=[APP], _preferred_mfa=APP)
        return answer

    cognito._mfa_challenge_for_user = challenge
    cognito._associate_software_token = associated
    cognito._verify_software_token = verified


def _passed_on(users: dict[str, dict[str, Any]], data: dict[str, Any], answer: Any) -> Any:
    """The user goes with the session that the answer gives."""
    session, user = _session(answer), users.pop(data.get("Session", ""), None)
    if session and user is not None:
        users[session] = user
    return answer


def _session(answer: Any) -> str:
    """MiniStack's answers are (status, headers, body)."""
    return str(json.loads(answer[2] or b"{}").get("Session", ""))
