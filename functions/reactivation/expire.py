"""Hourly: silence past its deadline becomes an answer."""

from collections.abc import Mapping
from typing import Any

from comeback.runtime import wiring
from comeback.runtime.logs import discreet


@discreet
def handler(_event: Mapping[str, Any], _context: object) -> dict[str, int]:
    return {"ended": wiring.expire().tick()}
