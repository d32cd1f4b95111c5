"""Cognito's second step, which moto does not know: the code of an authenticator app, and its set-up at the first sign-in.

Stands where `api.session.app.user_pool` stands; passwords and tokens are still moto's.
"""

from dataclasses import dataclass, field

import pyotp
from comeback.errors import InvalidInput, Refused
from comeback.runtime.cognito import Challenge, Challenged, Tokens, UserPool


@dataclass
class WithAuthenticator:
    """`secrets`: of those whose app is set up, by e-mail. All others are asked to set one up."""

    pool: UserPool
    secrets: dict[str, str] = field(default_factory=dict)
    _waiting: dict[str, Tokens] = field(default_factory=dict)
    _made: dict[str, str] = field(default_factory=dict)

    def code(self, email: str) -> str:
        return pyotp.TOTP(self.secrets[email]).now()

    def sign_in(self, email: str, password: str) -> Tokens | Challenged:
        return self._asked(email, self.pool.sign_in(email, password))

    def answer(
        self, challenge: Challenge, session: str, email: str, code: str, password: str
    ) -> Tokens | Challenged:
        if challenge is Challenge.NEW_PASSWORD:
            return self._asked(email, self.pool.answer(challenge, session, email, code, password))
        if session not in self._waiting:
            raise Refused("the session is over")
        setting_up = challenge is Challenge.SET_UP_TOTP
        secret = self._made[email] if setting_up else self.secrets[email]
        if not pyotp.TOTP(secret).verify(code, valid_window=1):
            raise InvalidInput("code", "is wrong or too old", "Type the digits shown now")
        self.secrets[email] = secret
        return self._waiting.pop(session)

    def refresh(self, refresh_token: str) -> Tokens:
        return self.pool.refresh(refresh_token)

    def sign_out(self, refresh_token: str) -> None:
        """moto knows no RevokeToken."""

    def _asked(self, email: str, found: Tokens | Challenged) -> Tokens | Challenged:
        if isinstance(found, Challenged):
            return found
        session = f"session of {email}"
        self._waiting[session] = found
        if email in self.secrets:
            return Challenged(Challenge.TOTP, session)
        self._made[email] = pyotp.random_base32()
        return Challenged(Challenge.SET_UP_TOTP, session, self._made[email])
