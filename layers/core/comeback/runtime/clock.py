"""What time it is: the system's, or the simulated time of the local cloud's world."""

import json
from datetime import UTC, datetime
from urllib.request import urlopen

from comeback.errors import Unavailable

READ_SECONDS = 2.0


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class WorldClock:
    """Simulated time, asked for once per invocation (`runtime` makes a new one for each), then standing still."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._now: datetime | None = None

    def now(self) -> datetime:
        if self._now is None:
            try:
                with urlopen(self._url, timeout=READ_SECONDS) as answer:  # noqa: S310  # set by the template
                    self._now = datetime.fromisoformat(json.load(answer)["now"])
            except OSError as error:
                raise Unavailable("the world's clock does not answer") from error
        return self._now
