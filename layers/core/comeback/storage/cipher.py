"""How contacts are sealed, and how keys that hold contacts are blinded: AES-256-GCM, HKDF-SHA256, HMAC-SHA256.

What is sealed begins with a version byte, so that algorithms can change: b"\\x01", 12 bytes of nonce, ciphertext with its tag.
"""

import hashlib
import hmac
import os
from base64 import urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from comeback.errors import Permanent

KEY_BYTES, NONCE_BYTES = 32, 12
VERSION = b"\x01"
CONTACTS, INDEX = b"comeback contacts v1", b"comeback index v1"
"""What a derived key is for."""


class Unreadable(Permanent):
    """Sealed under another key, moved from another item, damaged, or of a version that this code does not know."""


def client_key(data_key: bytes, secret: bytes) -> bytes:
    """Nobody has it who lacks either the company's data key or the client's secret."""
    return _derived(data_key, secret, CONTACTS)


def index_key(data_key: bytes) -> bytes:
    return _derived(data_key, b"", INDEX)


def _derived(data_key: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt, purpose).derive(data_key)


def seal(key: bytes, plain: bytes, place: bytes) -> bytes:
    """`place`: where it is kept; it opens nowhere else."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, VERSION + place)


def opened(key: bytes, sealed: bytes, place: bytes) -> bytes:
    """Raises Unreadable."""
    version, nonce, rest = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if version != VERSION:
        raise Unreadable(f"sealed by version {version.hex() or 'none'}")
    try:
        return AESGCM(key).decrypt(nonce, rest, version + place)
    except (InvalidTag, ValueError) as error:
        raise Unreadable("sealed under another key, for another item, or damaged") from error


def blinded(key: bytes, value: str) -> str:
    """43 characters of A-Z a-z 0-9 - _, the same for the same value."""
    digest = hmac.new(key, value.encode(errors="surrogatepass"), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")
