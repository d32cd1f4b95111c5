"""Representations with their ETags, and what speaks against changing one."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from comeback.errors import ComebackError, Permanent


class MatchMissing(Permanent):
    """A change without If-Match: it could overwrite what somebody else did meanwhile."""


class Changed(Permanent):
    """If-Match names a representation that is no longer the present one."""


STATUS: Mapping[type[ComebackError], int] = {MatchMissing: 428, Changed: 412}


def representation(found: Any) -> str:
    return msgspec.json.encode(found).decode()


def etag(body: str) -> str:
    return f'"{hashlib.sha256(body.encode()).hexdigest()[:20]}"'
