"""Nightly: refits the return model of every service and renews the due dates."""

from collections.abc import Mapping
from typing import Any

from comeback.runtime import wiring
from comeback.runtime.logs import discreet, logger


@discreet
def handler(_event: Mapping[str, Any], _context: object) -> dict[str, int]:
    refitted = wiring.refit().tick()
    for result in refitted:
        logger.info("refitted", extra={"company_id": result.company_id, "due": result.renewed})
    return {"companies": len(refitted)}
