"""A claim outlives whoever holds it, and is over when the queue shows the message again."""

from comeback.conversations.outbox import CLAIM

from tests.architecture.template import QUEUE, functions, resources

SKEW_SECONDS = 20
"""Two hosts' clocks may differ by as much; Amazon's time service keeps them within milliseconds."""


def test_a_claim_ends_between_the_functions_end_and_the_redelivery() -> None:
    deliver = functions()["Deliver"]["Timeout"]
    queue = resources(QUEUE)["OutboundQueue"]
    assert deliver + SKEW_SECONDS <= CLAIM.total_seconds()
    assert CLAIM.total_seconds() + SKEW_SECONDS <= queue["VisibilityTimeout"]
