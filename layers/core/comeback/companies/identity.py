"""How a company may be called. An id becomes part of keys, secrets' names, paths and executions' names, so nothing in it may
mean something there: the one pattern that every door asks (webhooks, the API, the store, the bucket).

Import-light on purpose: webhooks load it.
"""

import re

COMPANY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def is_company_id(told: str) -> bool:
    return COMPANY_ID.fullmatch(told) is not None
