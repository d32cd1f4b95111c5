"""Who may come in at a webhook: a company that we know, and whoever proves to know its secret, new or old.

Import-light on purpose: webhooks load it, so the metric is a line printed by hand, not Powertools'.
"""

import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from comeback.channels.webhook import MAX_BODY, Enqueued, answer
from comeback.rotation import accepted
from comeback.runtime.secrets import CompanySecrets

Proves = Callable[[str], bool]
"""Whether the request was made by somebody who knows this secret."""
Answer = dict[str, Any]
log = logging.getLogger("comeback")


class Door:
    def __init__(
        self,
        channel: str,
        secrets: CompanySecrets,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`now` is real time, not the product's clock: secrets are rotated by people."""
        self._channel = channel
        self._secrets = secrets
        self._now = now

    def refusal(
        self, event: Mapping[str, Any], company_id: str, secret: str, proves: Proves
    ) -> Answer | None:
        """None: come in. `secret` names what is to be proved; the document is read again only when that fails. A company of no
        name and a wrong secret look the same from outside; the metrics tell them apart."""
        if len(event.get("body") or "") > MAX_BODY:
            return self._refused(413, "WebhookTooLarge")
        known = self._secrets.get(company_id)
        if not known:
            return self._refused(404, "WebhookUnknownCompany")
        if self._proved(known, secret, proves):
            return None
        if self._proved(self._secrets.fresh(company_id), secret, proves):
            return None
        return self._refused(404, "WebhookRefused", company_id)

    def fits(self, event: Enqueued) -> bool:
        """What the queue can not take is left out: the messenger would bring it again and again in vain."""
        if event.fits:
            return True
        self._count("WebhookEventTooLarge", event.company_id)
        return False

    def _proved(self, known: Mapping[str, str], secret: str, proves: Proves) -> bool:
        return any(proves(value) for value in accepted(known, secret, self._now()))

    def _refused(self, status: int, metric: str, company_id: str = "") -> Answer:
        """What nobody knows is not written down: in the place of an id may stand anything, a telephone number too."""
        self._count(metric, company_id)
        return answer(status)

    def _count(self, metric: str, company_id: str) -> None:
        count(metric, company_id=company_id, channel=self._channel)
        log.warning(metric, extra={"company_id": company_id, "channel": self._channel})


def count(metric: str, **labels: str) -> None:
    """One EMF line, as `runtime.logs.count` writes it."""
    service = os.environ.get("POWERTOOLS_SERVICE_NAME", "comeback")
    definition = {
        "Namespace": os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Comeback"),
        "Dimensions": [["service"]],
        "Metrics": [{"Name": metric, "Unit": "Count"}],
    }
    told = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [definition]}
    print(json.dumps({"_aws": told, "service": service, metric: 1, **labels}), flush=True)
