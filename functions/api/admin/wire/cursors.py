"""Cursors: opaque to the caller, and no key of the table. A forged one shows another part of the caller's own list, or is
refused."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

from comeback.errors import InvalidInput


def cursor(*parts: str) -> str:
    return urlsafe_b64encode("|".join(parts).encode()).decode().rstrip("=")


def parts(given: str, shape: re.Pattern[str]) -> tuple[str, ...]:
    """`shape`: with a group for each part. Raises InvalidInput for what we never made."""
    try:
        told = urlsafe_b64decode(given + "=" * (-len(given) % 4)).decode()
    except ValueError:
        told = ""
    found = shape.fullmatch(told)
    if found is None:
        raise InvalidInput("cursor", "is none of ours", "Send `next` as it came")
    return found.groups()
