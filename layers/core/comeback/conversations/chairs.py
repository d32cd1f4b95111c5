"""The owner's say on tomorrow's unsold times: the words they are asked in, and what their answer does. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from comeback.changes import Change, SaveProposal
from comeback.companies.model import Company
from comeback.reactivation.model import Proposal, ProposalState
from comeback.texts import counted, supported, text

ASK = (
    "Still unsold tomorrow, {day}: {staff}. Shall we offer this time {clients}? We write to those who are most likely "
    "to come."
)
TOLD = "Still unsold tomorrow, {day}: {staff}. We offer this time {clients}: those who are most likely to come."
YES, NO = "yes", "no"
LABELS: Mapping[str, str] = {YES: "Yes, offer it", NO: "No, leave it"}
CHOICES: Mapping[str, ProposalState] = {YES: ProposalState.APPROVED, NO: ProposalState.DECLINED}
SAID: Mapping[ProposalState, str] = {
    ProposalState.APPROVED: "Good, we are writing {clients}.",
    ProposalState.DECLINED: "Understood, nobody is asked.",
}
SAID_BEFORE: Mapping[ProposalState, str] = {
    ProposalState.APPROVED: "You have agreed already: we are writing {clients}.",
    ProposalState.STARTED: "You have agreed already: we are writing {clients}.",
    ProposalState.DECLINED: "You have said no already: nobody is asked.",
}
TOO_LATE = "It is too late for {day}: nobody is asked."
CLOSED = "This question is closed."
TO_START = timedelta(minutes=30)
"""Two ticks."""
CLIENTS = ("to {n} client", "to {n} clients")
HOURS = ("{n} hour", "{n} hours")


def question(company: Company, proposal: Proposal, names: Mapping[str, str]) -> str:
    """What the owner is asked, or told where nobody need be asked. `names`: of staff, by id."""
    language = supported(company.language)
    hours = (
        f"{names.get(staff_id, staff_id)} — {counted(language, *HOURS, max(1, round(minutes / 60)))}"
        for staff_id, minutes in proposal.unsold_minutes
    )
    return text(
        language,
        ASK if proposal.state is ProposalState.ASKED else TOLD,
        day=_day(proposal.on, "EEEE, d MMMM", language),
        staff=", ".join(hours),
        clients=_clients(proposal, language),
    )


def answer(
    company: Company, proposal: Proposal | None, choice: str, now: datetime
) -> tuple[tuple[Change, ...], str]:
    """What a press changes, and what is said to it. The first press stands."""
    language = supported(company.language)
    if proposal is None or choice not in CHOICES or proposal.state is ProposalState.EMPTY:
        return (), text(language, CLOSED)
    clients = _clients(proposal, language)
    if proposal.state is not ProposalState.ASKED:
        return (), text(language, SAID_BEFORE[proposal.state], clients=clients)
    if now >= _closes(company, proposal):
        return (), text(language, TOO_LATE, day=_day(proposal.on, "d MMMM", language))
    decided = replace(proposal, state=CHOICES[choice])
    return (SaveProposal(decided),), text(language, SAID[decided.state], clients=clients)


def _closes(company: Company, proposal: Proposal) -> datetime:
    """Shortly before the day's sending window: after it nobody could be written to before the chairs' own day."""
    end = datetime.combine(proposal.campaign_on, company.sending.end, tzinfo=company.zone)
    return end.astimezone(UTC) - TO_START


def _clients(proposal: Proposal, language: str) -> str:
    return counted(language, *CLIENTS, len(proposal.candidates))


def _day(on: date, pattern: str, language: str) -> str:
    """Babel is imported here: most functions that know of the owner send no such text."""
    from babel.dates import format_date

    return format_date(on, pattern, locale=language)
