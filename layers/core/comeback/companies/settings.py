"""What an owner may set: which values fit together, and who changed them."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from itertools import chain
from typing import Any
from zoneinfo import available_timezones

from comeback.changes import Audited, SaveCompany
from comeback.companies.model import MINOR_PER_USD, Company, Hours
from comeback.conversations.model import ChannelKind
from comeback.errors import Conflict, InvalidInput
from comeback.ports import Clock, Store

HOLDOUT_AT_MOST = 50
"""Per cent: above it most of the base is never written to."""
WRITES_FIRST = (ChannelKind.TELEGRAM, ChannelKind.WHATSAPP, ChannelKind.MAX)
"""Messengers in which a business may begin."""
Rule = tuple[str, Callable[[Company], bool], str, str]
RULES: tuple[Rule, ...] = (
    (
        "title",
        lambda c: bool(c.title.strip()),
        "is empty",
        "Clients read it: write the company's name",
    ),
    (
        "time_zone",
        lambda c: c.time_zone in available_timezones(),
        "is no time zone",
        "Use a name of the IANA database, such as Europe/Moscow",
    ),
    (
        "sending_end",
        lambda c: c.sending.start < c.sending.end,
        "is not after the beginning",
        "Choose a later hour: messages leave between the two",
    ),
    (
        "sending_days",
        lambda c: bool(c.sending.days),
        "names no day",
        "Choose at least one; to stop all messages, pause the company instead",
    ),
    (
        "campaign_hour",
        lambda c: c.campaign_hour < c.sending.end.hour + (c.sending.end.minute > 0),
        "is after the last message may leave",
        "Choose an hour before the sending window ends",
    ),
    ("channels", lambda c: bool(c.channels), "names no messenger", "Choose at least one"),
    (
        "channels",
        lambda c: len(set(c.channels)) == len(c.channels),
        "names a messenger twice",
        "Name each once, the preferred first",
    ),
    (
        "channels",
        lambda c: set(c.channels) <= set(WRITES_FIRST),
        "has one in which a business may not begin",
        "Use telegram, whatsapp or max",
    ),
    (
        "holdout_percent",
        lambda c: 0 <= c.holdout_percent <= HOLDOUT_AT_MOST,
        "is out of range",
        "Use 0 to 50; 10 is usual",
    ),
    (
        "month_cap",
        lambda c: c.week_cap <= c.month_cap,
        "is less than a week's",
        "A month allows at least as many messages as a week",
    ),
    (
        "minor_per_usd",
        lambda c: c.currency in MINOR_PER_USD or c.minor_per_usd is not None,
        "is missing",
        "Say how many minor units of your currency a US dollar is",
    ),
    (
        "opening",
        lambda c: all(_in_order(hours) for hours in c.opening.values()),
        "closes before it opens",
        "Let each day close after it opens; leave out a day off",
    ),
)
"""Field, what must hold, and what is said otherwise."""


def _in_order(hours: Hours) -> bool:
    return hours.opens < hours.closes


def check(company: Company) -> None:
    """Raises InvalidInput for the first that does not fit."""
    for field, holds, problem, remedy in RULES:
        if not holds(company):
            raise InvalidInput(field, problem, remedy)


def changed_fields(before: Company, after: Company) -> tuple[str, ...]:
    """Names alone: they are what the audit log keeps."""
    names = (field.name for field in fields(Company) if field.name not in ("sending", "version"))
    sending = ("start", "end", "days")
    return tuple(
        chain(
            (n for n in names if getattr(before, n) != getattr(after, n)),
            (
                f"sending_{n}"
                for n in sending
                if getattr(before.sending, n) != getattr(after.sending, n)
            ),
        )
    )


class ChangeSettings:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def run(
        self, company_id: str, version: int, values: Mapping[str, Any], user_id: str
    ) -> Company:
        """`version`: of the company that the user saw. Asked again for what is so already, it changes nothing. Raises NotFound,
        InvalidInput, and Conflict when somebody else changed the settings since."""
        company = self._store.company(company_id)
        fresh = replace(company, **values)
        check(fresh)
        names = changed_fields(company, fresh)
        if not names:
            return company
        if company.version != version:
            raise Conflict(f"the settings of {company_id} were changed meanwhile")
        now = self._clock.now()
        done = Audited(company_id, now, user_id, "company.change_settings", company_id, names)
        self._store.commit([SaveCompany(fresh), done])
        return replace(fresh, version=version + 1)
