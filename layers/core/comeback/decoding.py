"""JSON from outside, decoded: one error for whatever is wrong with it.

msgspec raises its own errors for a wrong shape, but Python's UnicodeDecodeError for bytes that are no UTF-8, and RecursionError
for brackets opened a thousand deep. Found by tests/fuzz. Import-light on purpose: webhooks load it.
"""

from typing import TypeVar

import msgspec

Kind = TypeVar("Kind")


def decoded(raw: bytes | str | msgspec.Raw, kind: type[Kind], *, strict: bool = True) -> Kind:
    """Raises msgspec.DecodeError (a ValidationError is one, too). Not `strict`: numbers may come as text."""
    try:
        return msgspec.json.decode(raw, type=kind, strict=strict)
    except (UnicodeError, RecursionError) as error:
        raise msgspec.DecodeError(f"no JSON that can be read: {type(error).__name__}") from error
