"""Every half hour: asks for a sync of each company's CRM; the events queue does them, each on its own."""

from collections.abc import Mapping
from typing import Any

from comeback.runtime import wiring
from comeback.runtime.logs import discreet, logger


@discreet
def handler(_event: Mapping[str, Any], _context: object) -> dict[str, int]:
    asked = wiring.crm_tick().tick()
    logger.info("syncs asked for", extra={"companies": asked})
    return {"companies": asked}
