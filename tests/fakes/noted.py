"""What FakeStore makes of changes that add up: accounts, arms."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

from comeback import changes as ch
from comeback.conversations.model import Account, ChannelKind, HealthDay, Signal
from comeback.reactivation.model import Tally

OF_ACCOUNTS = (ch.CountSignal, ch.SaveIncident, ch.ChangeAccount, ch.KeepQuiet)
NOTED = (*OF_ACCOUNTS, ch.CountArm)


def accounts(company_id: str, noted: Iterable[ch.Change]) -> dict[ChannelKind, Account]:
    """What is told of an account holds by when it was so; of one moment the later word holds."""
    found: dict[ChannelKind, Account] = {}
    days: dict[ChannelKind, dict[date, Counter[Signal]]] = defaultdict(dict)
    for change in sorted(noted, key=_told_at):
        if not isinstance(change, OF_ACCOUNTS) or change.company_id != company_id:
            continue
        account = found.get(change.channel, Account(change.channel))
        if isinstance(change, ch.SaveIncident):
            same = (change.incident.code, change.incident.at.date())
            others = tuple(i for i in account.incidents if (i.code, i.at.date()) != same)
            account = replace(account, incidents=(*others, change.incident))
        elif isinstance(change, ch.ChangeAccount):
            account = _changed(account, change)
        elif isinstance(change, ch.KeepQuiet):
            until = max(account.quiet_until or change.until, change.until)
            account = replace(account, quiet_until=until)
        else:
            day = days[change.channel].setdefault(change.on, Counter())
            day[change.signal] += change.n
        found[change.channel] = account
    return {
        channel: replace(
            account,
            days=tuple(HealthDay(on, dict(counts)) for on, counts in sorted(days[channel].items())),
        )
        for channel, account in found.items()
    }


def _told_at(change: ch.Change) -> datetime:
    return change.at if isinstance(change, ch.ChangeAccount) else datetime.min.replace(tzinfo=UTC)


def _changed(account: Account, change: ch.ChangeAccount) -> Account:
    out = account.templates_out - {change.template_back} | ({change.template_out} - {""})
    return replace(
        account,
        quality=change.quality or account.quality,
        tier=account.tier if change.tier is None else change.tier,
        resumed_at=change.resumed_at or account.resumed_at,
        templates_out=out,
    )


def arms(company_id: str, noted: Iterable[ch.Change]) -> dict[str, dict[str, Tally]]:
    found: dict[str, dict[str, Tally]] = defaultdict(dict)
    for change in noted:
        if isinstance(change, ch.CountArm) and change.company_id == company_id:
            before = found[change.dimension].get(change.arm, Tally())
            tally = Tally(before.tried + change.tried, before.won + change.won)
            found[change.dimension][change.arm] = tally
    return found
