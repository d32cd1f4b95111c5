"""Names that make a second start a no-op: journeys, campaigns, executions.

Step Functions takes [A-Za-z0-9_-], at most 80 characters, and refuses a name used within 90 days.
"""

import base64
import hashlib
import re
from datetime import date

EXECUTION_NAME_LIMIT = 80


CHAIRS = "chairs"
"""The kind of campaign that fills tomorrow's empty chairs, beside the day's own."""


def journey_id(
    company_id: str, client_id: str, service_id: str, campaign_on: date, kind: str = ""
) -> str:
    """25 characters, so that a button may carry it (Telegram gives callback data 64 bytes)."""
    parts = (company_id, client_id, service_id, campaign_on.isoformat(), *((kind,) if kind else ()))
    cause = "\x1f".join(parts)
    digest = hashlib.sha256(cause.encode()).digest()[:15]
    return "j" + base64.b32encode(digest).decode().lower()


def campaign_day(campaign_on: date, kind: str = "") -> str:
    """One campaign of a kind per local day."""
    return f"{campaign_on.isoformat()}_{kind}" if kind else campaign_on.isoformat()


def campaign_name(company_id: str, campaign_on: date, kind: str = "") -> str:
    return _execution_name(company_id, campaign_day(campaign_on, kind))


def journey_execution_name(company_id: str, journey: str) -> str:
    return _execution_name(company_id, journey)


def _execution_name(company_id: str, rest: str) -> str:
    """Readable when it fits, else the company's part is a hash: never two companies under one name."""
    name = f"{company_id}_{rest}"
    if len(name) <= EXECUTION_NAME_LIMIT and re.fullmatch(r"[A-Za-z0-9_-]+", name):
        return name
    return f"{hashlib.sha256(company_id.encode()).hexdigest()[:32]}_{rest}"
