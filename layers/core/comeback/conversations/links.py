"""Deep links that tie a messenger's account to a client we know: `https://t.me/<bot>?start=<payload>`.

Telegram takes 64 characters of [A-Za-z0-9_-]. The payload is the client's id and a signature, so that nobody can take
another's place by guessing. It does not expire: printed on a card, it must work next year.
"""

import base64
import hashlib
import hmac

from comeback.errors import InvalidInput

SIGNATURE_BYTES = 9
PAYLOAD_LIMIT = 64
CLIENT_ID_BYTES = 38


def payload(company_id: str, client_id: str, secret: str) -> str:
    """Raises InvalidInput for a client id too long to fit."""
    made = _made(company_id, client_id, secret)
    if len(made) > PAYLOAD_LIMIT:
        remedy = f"Keep ids within {CLIENT_ID_BYTES} bytes"
        raise InvalidInput("client_id", "does not fit into a link", remedy)
    return made


def client_of(company_id: str, made: str, secret: str) -> str | None:
    """The client a payload names, if we signed it."""
    named = made.rpartition("-")[0]
    if not secret or not made.isascii():
        return None
    try:
        client_id = base64.urlsafe_b64decode(named + "=" * (-len(named) % 4)).decode()
    except (ValueError, UnicodeDecodeError):
        return None
    expected = _made(company_id, client_id, secret)
    return client_id if hmac.compare_digest(made, expected) else None


def _made(company_id: str, client_id: str, secret: str) -> str:
    return f"{_base64(client_id.encode())}-{_signature(company_id, client_id, secret)}"


def _signature(company_id: str, client_id: str, secret: str) -> str:
    cause = f"link\x1f{company_id}\x1f{client_id}".encode()
    digest = hmac.new(secret.encode(), cause, hashlib.sha256).digest()[:SIGNATURE_BYTES]
    return _base64(digest).replace("-", "_")


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
