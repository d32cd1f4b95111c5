"""The model proposes, code disposes (promise 5): whether a text says nothing that its facts do not.

Default deny: every number, day, time and capitalised word in the middle of a sentence must be accounted for. A false alarm
costs a repair, or our own template; a false fact costs a client.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from comeback.ports import MessageFacts
from comeback.reactivation.calendar_words import MONTH, WEEKDAYS, plain
from comeback.reactivation.names import mentioned, pattern, short_forms, words_of
from comeback.reactivation.slot_check import slot_problems
from comeback.reactivation.wording import NAME, clipped

LIMIT = 700
"""Characters, with `{name}` as it stands: short enough for every messenger and for patience."""
LONGEST = 2 * LIMIT
"""What is longer is not looked at any further: to chew on a model's endless digits would take minutes."""
NAMES_ALLOWED = 2
OWN_SCRIPT = 0.7
"""Share of a text's letters, titles and names aside, that must be in its language's script."""
FREE_PERCENT = 100
DAYS_OFF_IN = {"week": 3, "month": 10}

PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:%|процент\w*|per\s?cent)")
HEDGED = re.compile(r"\b(?:до|от|up to|from|at least|as much as)\s+\d+\s*(?:%|процент|per\s?cent)")
DISCOUNT = re.compile(
    r"скидк|скидоч|discount|\d\s*%\s+off|\boff\b|\bsale\b|распродаж|дешевле|cheaper|выгод"
)
SHARE = re.compile(
    r"половин\w+ (?:цены|стоимости)|вдвое|в \d+ раза|half[\s-]price|half off|процент|per\s?cent|%"
)
MONEY = re.compile(
    r"[₽$€£₸₴]|\bруб(?:л\w*|\.)?|\d\s*р\b|\b(?:тысяч\w*|тенге|сум|сом|грн|гривен|доллар\w*|евро|usd|eur|rub|gbp"
    r"|dollars?|euros?|bucks|pounds?|pln|kzt)\b"
)
PROMISE = re.compile(
    r"бесплатн\w*|даром\b|в подарок|подар(?:ок|ки|им|ить|ка)\w*|бонус\w*|кэшб\w+|кешб\w+|гарантир\w+|\bакци[яи]\b"
    r"|complimentary|\bgifts?\b|\bbonus\w*|cash\s?back|guarantee\w*|on the house|at no cost|no charge"
    r"|(?<!feel )\bfree\b(?!\s+(?:times?|slots?|places?|spots?|windows?|hours?|openings?|to\b|up\b))"
)
LINK = re.compile(
    r"https?:|www\.|\b[\w-]+\.(?:ru|com|net|org|me|io|рф|su|by|kz|app|link)\b|@|\b(?:t\.me|wa\.me)\b"
)
MARKUP = re.compile(r"\*\*|__|`|^#{1,6}\s|[\[\]{}<>]", re.MULTILINE)
AGO_DAYS = re.compile(r"\b(\d+)\s*(?:дн(?:я|ей)|день|days?)\b")
AGO_MORE = re.compile(r"\b(\d+)\s*(?P<unit>недел\w*|weeks?|месяц\w*|months?)\b")
AGO_WORDS = {
    r"(?:пар[уа] недель|couple of weeks)": 14,
    r"(?:месяц|(?:a|one|last) month)": 30,
    r"(?:полгода|half a year)": 182,
    r"(?:год|(?:a|one) year)": 365,
}
CAPITALISED = re.compile(r"(?:(?<=[a-zа-яё,:—–-] )|(?<=\())([A-ZА-ЯЁ][a-zа-яё]+)")
COMMON_CAPITALS = re.compile(r"(?:Вы|Вас|Вам|Вами|Ваш\w*|Telegram|WhatsApp)$")
CALENDAR = re.compile("|".join((MONTH, *WEEKDAYS)))
"""Weekdays and months, for which the slot check answers."""


@dataclass(frozen=True)
class Draft:
    """A text under check. `bare`: without the titles, which may hold anything; `plain`: bare and in plain words."""

    text: str
    facts: MessageFacts
    staff_names: tuple[str, ...]
    bare: str
    plain: str


def problems(text: str, facts: MessageFacts, staff_names: Sequence[str] = ()) -> tuple[str, ...]:
    """What is untrue or unfit in `text`, each so that its writer can mend it; empty when it may be sent.

    `staff_names`: everybody who works there, offered or not.
    """
    if len(text) > LONGEST:
        return (_too_long(text),)
    bare = _without_titles(text, facts)
    draft = Draft(text, facts, tuple(staff_names), bare, plain(bare))
    return tuple(dict.fromkeys(p for check in CHECKS for p in check(draft)))


def _too_long(text: str) -> str:
    return f"the text has {len(text)} characters; at most {LIMIT} are allowed"


def _without_titles(text: str, facts: MessageFacts) -> str:
    """Slots' texts stay whole, though a bar may be called «11:00»."""
    titles = {t.strip() for t in _titles(facts) if t.strip()}
    titles |= {clipped(t) for t in titles}
    kept = [re.escape(slot.text) for slot in facts.slots]
    gone = [rf"(?<!\w){re.escape(t)}(?!\w)" for t in sorted(titles, key=len, reverse=True) if t]
    known = re.compile("|".join((f"(?P<kept>{'|'.join(kept) or '(?!)'})", *gone)), re.IGNORECASE)
    return known.sub(lambda found: found["kept"] or " ", text)


def _shape(draft: Draft) -> Iterator[str]:
    if not draft.text.strip():
        yield "the text is empty"
    if len(draft.text) > LIMIT:
        yield _too_long(draft.text)
    if draft.text.count(NAME) > NAMES_ALLOWED:
        yield f"{NAME} stands more than {NAMES_ALLOWED} times"
    if found := MARKUP.search(draft.bare.replace(NAME, "")):
        yield f'"{found[0].strip()}" is markup or a placeholder; write plain text, {NAME} is the only placeholder'
    if found := LINK.search(draft.bare.lower()):
        yield f'"{found[0]}" looks like a link or an address; leave it out'


def _language(draft: Draft) -> Iterator[str]:
    text = draft.bare.replace(NAME, "")
    for name in (*draft.staff_names, *(slot.staff for slot in draft.facts.slots)):
        text = text.replace(name, "") if name else text
    letters = [c for c in text if c.isalpha()]
    cyrillic = sum("а" <= c.lower() <= "я" or c in "ёЁ" for c in letters)
    latin = sum("a" <= c.lower() <= "z" for c in letters)
    own, name = (cyrillic, "Russian") if draft.facts.language == "ru" else (latin, "English")
    if letters and own < OWN_SCRIPT * len(letters):
        yield f"the text must be in {name}"


def _discount(draft: Draft) -> Iterator[str]:
    granted, text = draft.facts.discount_percent, draft.plain
    shares = {float(m[1].replace(",", ".")) for m in PERCENT.finditer(text)}
    for share in sorted(shares - {float(granted)} if granted > 0 else shares):
        yield f"{share:g}% is not granted; " + (
            f"the discount is exactly {granted}%" if granted > 0 else "there is no discount"
        )
    if granted > 0 and float(granted) not in shares:
        yield f"the discount of {granted}% is not mentioned; write it in digits with %"
    if granted > 0 and HEDGED.search(text):
        yield f'the discount is exactly {granted}%, not "up to" or "from"'
    without = PERCENT.sub(" ", text)
    if found := SHARE.search(without):
        yield f'"{found[0]}" is a share that the facts do not give'
    if granted <= 0 and (found := DISCOUNT.search(without)):
        yield f'there is no discount, but the text says "{found[0]}"'


def _money(draft: Draft) -> Iterator[str]:
    if found := MONEY.search(draft.plain):
        yield f'"{found[0].strip()}": no amount of money is among the facts; leave prices out'


def _promises(draft: Draft) -> Iterator[str]:
    if draft.facts.discount_percent >= FREE_PERCENT:
        return
    for found in PROMISE.finditer(draft.plain):
        yield f'"{found[0]}" promises what the facts do not; leave it out'


def _elapsed(draft: Draft) -> Iterator[str]:
    days, text = draft.facts.days_since_visit, draft.plain
    wrong = [m[0] for m in AGO_DAYS.finditer(text) if int(m[1]) != days]
    for found in AGO_MORE.finditer(text):
        unit, length = ("week", 7) if found["unit"][0] in "нw" else ("month", 30)
        if abs(int(found[1]) * length - days) > DAYS_OFF_IN[unit]:
            wrong.append(found[0])
    for words, length in AGO_WORDS.items():
        said = re.search(rf"\b{words}\b(?=\s+(?:назад|не |с |ago|since|passed|прош))", text)
        if said and abs(length - days) > length / 3:
            wrong.append(said[0])
    for said_so in wrong:
        yield f'"{said_so.strip()}" is wrong: the last visit was {days} days ago'


def _staff(draft: Draft) -> Iterator[str]:
    allowed_names = {*(slot.staff for slot in draft.facts.slots), draft.facts.staff_name or ""}
    allowed = {w for name in allowed_names for w in (*words_of(name), *short_forms(name))}
    for name in draft.staff_names:
        for word in {*words_of(name), *short_forms(name)} - allowed:
            if mentioned(draft.bare, word, capital=True):
                offered = ", ".join(sorted(n for n in allowed_names if n)) or "nobody"
                yield f"{name} is not offered; staff that may be named: {offered}"
                break
    known = [pattern(w) for w in (*allowed, *_title_words(draft.facts))]
    for found in CAPITALISED.finditer(draft.bare.replace(NAME, "")):
        word = found[1]
        expected = COMMON_CAPITALS.match(word) or CALENDAR.fullmatch(word.lower())
        if not expected and not any(p.fullmatch(word) for p in known):
            yield f'"{word}" is not among the facts; name nobody and nothing else'


def _title_words(facts: MessageFacts) -> tuple[str, ...]:
    return tuple(word for title in _titles(facts) for word in words_of(title))


def _titles(facts: MessageFacts) -> tuple[str, ...]:
    return (facts.company_title, facts.service_title, *facts.also_due)


def _also_due(draft: Draft) -> Iterator[str]:
    """One message for several services names each of them, in any case ending."""
    for title in draft.facts.also_due:
        whole = clipped(title).casefold() in draft.text.casefold()
        telling = [word for word in words_of(title) if len(word) > 3]
        if not whole and not (telling and all(mentioned(draft.text, w) for w in telling)):
            yield f'"{clipped(title)}" is due as well and is not named'


def _slots(draft: Draft) -> Iterator[str]:
    counted_out = (AGO_DAYS, AGO_MORE, PERCENT)
    text = draft.plain.replace(NAME, " " * len(NAME))
    for known in counted_out:
        text = known.sub(lambda m: " " * len(m[0]), text)
    yield from slot_problems(text, draft.facts.slots)


CHECKS: tuple[Callable[[Draft], Iterator[str]], ...] = (
    _shape,
    _language,
    _discount,
    _money,
    _promises,
    _elapsed,
    _staff,
    _slots,
    _also_due,
)
