"""The words of a journey's message: written by the model, checked, repaired once, else a template of our own."""

import re
from dataclasses import replace
from typing import NamedTuple

from comeback.errors import Permanent, Retryable, UnknownOutcome
from comeback.ports import LanguageModel, MessageFacts, OfferedSlot
from comeback.reactivation.fact_check import problems
from comeback.reactivation.names import given_name
from comeback.reactivation.phrasebook import counted, spoken
from comeback.reactivation.styles import Style
from comeback.reactivation.wording import NAME, clipped, with_name

MODEL, REPAIRED, TEMPLATE = "model", "repaired", "template"
ATTEMPTS_WORDED = 3


class Written(NamedTuple):
    text: str
    source: str
    """`model`, `repaired` or `template`."""


def write(
    model: LanguageModel | None, facts: MessageFacts, staff_names: tuple[str, ...], client_name: str
) -> Written:
    """Never fails: without a model, with its errors or after two untrue texts the template stands in.

    `staff_names`: everybody who works there. `client_name` as the book has it; it is filled in after the checks and
    the model never sees it.
    """
    text, source = _by_model(model, facts, staff_names) if model else ("", TEMPLATE)
    if source == TEMPLATE:
        text = from_template(facts)
    return Written(with_name(text, given_name(client_name)), source)


def _by_model(
    model: LanguageModel, facts: MessageFacts, staff_names: tuple[str, ...]
) -> tuple[str, str]:
    try:
        text = model.write_message(facts).strip()
        found = problems(text, facts, staff_names)
        if not found:
            return text, MODEL
        text = model.write_message(replace(facts, problems=found)).strip()
    except (Retryable, Permanent, UnknownOutcome):
        return "", TEMPLATE
    return ("", TEMPLATE) if problems(text, facts, staff_names) else (text, REPAIRED)


def from_template(facts: MessageFacts) -> str:
    """With `{name}` still in it."""
    lines = (
        _opening(facts),
        _discount(facts),
        _offer(facts),
        _staff(facts),
        _also(facts),
        _closing(facts),
    )
    return "\n".join(line for line in lines if line)


def _say(facts: MessageFacts, key: str, **variables: object) -> str:
    return spoken(facts.language, f"{facts.tone}.{key}", **variables)


def _opening(facts: MessageFacts) -> str:
    return _say(
        facts,
        _opening_key(facts),
        name=NAME,
        company=_company(facts),
        service=clipped(facts.service_title),
        passed=counted(facts.language, "passed", facts.days_since_visit),
    )


def _opening_key(facts: MessageFacts) -> str:
    if facts.style == Style.INVITATION:
        return "invitation"
    return f"opening.{max(1, min(facts.attempt, ATTEMPTS_WORDED))}"


def _company(facts: MessageFacts) -> str:
    return _quoted(facts.company_title, facts.language)


def _quoted(full_title: str, language: str) -> str:
    """In quotes, as Russian writes it, unless the title brings its own."""
    title = clipped(full_title)
    return title if language != "ru" or re.search('[«"]', title) else f"«{title}»"


def _also(facts: MessageFacts) -> str:
    """The other services that are due: one message for all of them."""
    if not facts.also_due:
        return ""
    titles = ", ".join(_quoted(title, facts.language) for title in facts.also_due)
    return _say(facts, "also", services=titles)


def _discount(facts: MessageFacts) -> str:
    percent = facts.discount_percent
    return _say(facts, "discount", percent=percent) if percent > 0 else ""


def _offer(facts: MessageFacts) -> str:
    """One slot in a sentence, several as a numbered list; the staff beside each unless it is the same for all."""
    if len(facts.slots) == 1:
        return _say(facts, "slot", slot=facts.slots[0].text)
    if not facts.slots:
        return ""
    alone = _only_staff(facts) is not None
    listed = [f"{slot.n}. {slot.text if alone else with_staff(slot)}" for slot in facts.slots]
    return "\n".join((_say(facts, "slots"), *listed))


def with_staff(slot: OfferedSlot) -> str:
    return f"{slot.text} — {slot.staff}" if slot.staff else slot.text


def _staff(facts: MessageFacts) -> str:
    if facts.slots:
        only = _only_staff(facts)
        return _say(facts, "staff", staff=only) if only else ""
    return _say(facts, "usual", staff=facts.staff_name) if facts.staff_name else ""


def _only_staff(facts: MessageFacts) -> str | None:
    names = {slot.staff for slot in facts.slots}
    return names.pop() if len(names) == 1 else None


def _closing(facts: MessageFacts) -> str:
    kinds = {0: "none", 1: "one"}
    return _say(facts, f"closing.{kinds.get(len(facts.slots), 'many')}")
