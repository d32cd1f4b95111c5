"""What AWS and Gemini ask for: us-east-1, without free tiers, looked up in November 2026. US dollars per million."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum


class Item(StrEnum):
    """What is counted. DynamoDB's are units, not requests."""

    WRITE_UNITS = "dynamodb_write_units"
    READ_UNITS = "dynamodb_read_units"
    SQS = "sqs_requests"
    SQS_FIFO = "sqs_fifo_requests"
    TRANSITIONS = "step_functions_transitions"
    INVOCATIONS = "lambda_invocations"
    GB_SECONDS = "lambda_gb_seconds"
    API_CALLS = "api_gateway_requests"


USD_PER_MILLION: Mapping[Item, Decimal] = {
    Item.WRITE_UNITS: Decimal("0.625"),  # on demand: 1 KB, twice in a transaction
    Item.READ_UNITS: Decimal("0.125"),  # on demand: 4 KB, half when eventual
    Item.SQS: Decimal("0.40"),  # a request of up to 64 KB; a batch of ten is one
    Item.SQS_FIFO: Decimal("0.50"),
    Item.TRANSITIONS: Decimal(25),  # Standard
    Item.INVOCATIONS: Decimal("0.20"),
    Item.GB_SECONDS: Decimal("13.33"),  # arm64
    Item.API_CALLS: Decimal("3.50"),  # REST API
}
TOKENS_IN_USD = Decimal("0.25")
"""Gemini 3.1 Flash-Lite, per million."""
TOKENS_OUT_USD = Decimal("1.50")
