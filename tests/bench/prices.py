"""What AWS and Gemini ask for, us-east-1, without free tiers. Looked up in November 2026 (shared/reference/aws-facts.md, Prices);
those marked † are from AWS' own price pages as remembered, and small. Check again before quoting.
"""

from collections import Counter
from collections.abc import Mapping

Quantities = Counter[str]
"""How much of each item below; fractions are meant (a batch is shared)."""

API_CALLS = "API Gateway, requests"
INVOCATIONS = "Lambda, invocations"
GB_SECONDS = "Lambda, GB-seconds"
FIFO = "SQS FIFO, requests"
CALLS = "DynamoDB, requests"
WRITES = "DynamoDB, write units"
READS = "DynamoDB, read units"
TRANSITIONS = "Step Functions, transitions"
EXPRESS = "Step Functions, Express starts"
SCHEDULES = "Scheduler, invocations"
S3_PUTS = "S3, puts"
S3_GETS = "S3, gets"
LOGS = "Logs, KB"
TOKENS_IN = "Gemini, tokens in"
TOKENS_OUT = "Gemini, tokens out"

DOLLARS_PER_MILLION: Mapping[str, float] = {
    API_CALLS: 3.50,  # REST API; an HTTP API would be 1.00, but has no WAF and no IAM resource policy
    INVOCATIONS: 0.20,
    GB_SECONDS: 13.33,  # arm64; x86 16.67
    FIFO: 0.50,  # per request of up to 64 KB; a batch of ten is one
    CALLS: 0.0,  # counted for their latency: DynamoDB bills units
    WRITES: 0.625,  # on demand: 1 KB, twice in a transaction
    READS: 0.125,  # on demand: 4 KB, half when eventual
    TRANSITIONS: 25.0,  # Standard
    EXPRESS: 1.0 + 0.1,  # and 64 MB for a tenth of a second at 16.67 a GB-second
    SCHEDULES: 1.0,  # after 14 million free ones a month
    S3_PUTS: 5.0,  # †
    S3_GETS: 0.40,  # †
    LOGS: 0.50,  # 0.50 a GB
    TOKENS_IN: 0.25,  # Gemini 3.1 Flash-Lite
    TOKENS_OUT: 1.50,
}


def dollars(item: str, quantity: float) -> float:
    return DOLLARS_PER_MILLION[item] * quantity / 1e6


def service(item: str) -> str:
    return item.partition(",")[0].removesuffix(" FIFO")


def total(quantities: Mapping[str, float]) -> float:
    return sum(dollars(item, quantity) for item, quantity in quantities.items())
