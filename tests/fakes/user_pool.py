"""The team's user pool on moto, as the template makes it, as far as moto knows it."""

from typing import Any
from unittest.mock import patch

from joserfc.jwk import RSAKey

READ = RSAKey.import_key
KEYS: dict[str, RSAKey] = {}


def _read_once(jwks: Any) -> RSAKey:
    """Moto signs every pool's tokens with one key, which takes half a second to prove each time that it is read."""
    return KEYS.get(str(jwks)) or KEYS.setdefault(str(jwks), READ(jwks))


def user_pool(cognito: Any, **more: str) -> str:
    """Its id."""
    schema = [
        {"Name": name, "AttributeDataType": "String", "Mutable": True}
        for name in ("company", "role")
    ]
    with patch.object(RSAKey, "import_key", _read_once):
        made = cognito.create_user_pool(
            PoolName="team", UsernameAttributes=["email"], Schema=schema, **more
        )
    return str(made["UserPool"]["Id"])


def console_client(cognito: Any, pool_id: str) -> str:
    """The id of the client that the console signs in by."""
    made = cognito.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName="console",
        ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )
    return str(made["UserPoolClient"]["ClientId"])
