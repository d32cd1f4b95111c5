"""Every quarter of an hour: asks owners about tomorrow's unsold times, and starts what they agreed to."""

from collections.abc import Mapping
from typing import Any

from comeback.reactivation.model import ProposalState
from comeback.runtime import wiring
from comeback.runtime.logs import count, discreet

METRICS = {
    ProposalState.ASKED: "ChairsProposed",
    ProposalState.APPROVED: "ChairsProposed",
    ProposalState.STARTED: "JourneysStarted",
}


@discreet
def handler(_event: Mapping[str, Any], _context: object) -> dict[str, int]:
    moved = wiring.empty_chairs().tick()
    for proposal in moved:
        if metric := METRICS.get(proposal.state):
            count(metric, proposal.company_id, len(proposal.candidates))
    return {"proposals": len(moved)}
