"""Hourly: the owner's morning report, with its chart, of each company whose report hour it is."""

from collections.abc import Mapping
from typing import Any

from comeback.runtime import wiring
from comeback.runtime.logs import discreet


@discreet
def handler(_event: Mapping[str, Any], _context: object) -> dict[str, int]:
    return {"reports": len(wiring.daily_report().tick())}
