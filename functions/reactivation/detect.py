"""Hourly: starts the campaign of each company whose campaign hour it is."""

from collections.abc import Mapping
from typing import Any

from comeback.runtime import wiring
from comeback.runtime.logs import count, discreet


@discreet
def handler(_event: Mapping[str, Any], _context: object) -> dict[str, int]:
    campaigns = wiring.detect().tick()
    for campaign in campaigns:
        count("ClientsDue", campaign.company_id, campaign.due)
        count("JourneysStarted", campaign.company_id, campaign.started)
    return {"campaigns": len(campaigns)}
