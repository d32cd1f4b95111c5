"""Who is never written to, so that what the messages cause can be measured (promise 9)."""

import hashlib

SHARES = 10_000


def in_holdout(company_id: str, client_id: str, share: float) -> bool:
    """Whether this client is held out; `share` in per cent, 0–50. Raises ValueError beyond.

    By a hash of the ids, so it is random over clients, stable for one, and needs no storing. A larger share keeps all who
    were held out under a smaller one.
    """
    if not 0 <= share <= 50:
        raise ValueError(f"a holdout of {share} % is not within 0 and 50")
    digest = hashlib.sha256(f"{company_id}|{client_id}".encode()).digest()
    return int.from_bytes(digest[:8]) % SHARES < share * SHARES / 100
