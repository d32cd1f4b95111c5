"""The approved WhatsApp templates, one per style, outside whose words nothing may be said 24 hours after a client last wrote.

To use them, register all with Meta (WhatsApp Manager, or POST /<waba id>/message_templates with `registration`)
and wait for approval. Meta's limits: body 1024 characters, footer 60, button 25; a body neither starts nor ends with a variable;
a variable holds no line break, tab or more than 4 spaces in a row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from comeback.conversations.model import TemplateCall
from comeback.ports import MessageFacts
from comeback.reactivation.generation import with_staff
from comeback.reactivation.names import given_name
from comeback.reactivation.phrasebook import spoken
from comeback.reactivation.styles import TEMPLATES as NAMES
from comeback.reactivation.styles import Style
from comeback.reactivation.wording import clipped, pick_id, slot_id


@dataclass(frozen=True)
class Definition:
    """`body` variables: 1 client's name, 2 company, 3 service, 4 what is offered."""

    name: str
    language: str
    body: str
    footer: str
    buttons: tuple[str, ...]
    """Quick replies: book, another time, stop."""
    example: tuple[str, ...]
    category: str = "MARKETING"


REMINDER_RU = Definition(
    name=NAMES[Style.REMINDER],
    language="ru",
    body=(
        "Здравствуйте, {{1}}! Это {{2}}. Напоминаем об услуге «{{3}}» и будем рады видеть вас снова.\n\n"
        "Для вас: {{4}}.\n\nНажмите кнопку или напишите в ответ, какое время удобно."
    ),
    footer="Не хотите таких сообщений? Ответьте «стоп».",
    buttons=("Записаться", "Другое время", "Не писать"),
    example=(
        "Анна",
        "Салон «Лотос»",
        "Стрижка",
        "1) вт, 24 ноября, 11:00 — Ольга; 2) ср, 25 ноября, 15:30 — Марина; скидка 10 %",
    ),
)
REMINDER_EN = Definition(
    name=NAMES[Style.REMINDER],
    language="en",
    body=(
        "Hello, {{1}}! This is {{2}}. A reminder about {{3}}: we would be glad to see you again.\n\n"
        "For you: {{4}}.\n\nPress a button or write what time suits you."
    ),
    footer="Don't want such messages? Reply STOP.",
    buttons=("Book", "Another time", "Don't message me"),
    example=(
        "Anna",
        "Lotus Salon",
        "Haircut",
        "1) Tue 24 Nov, 11:00 — Olga; 2) Wed 25 Nov, 15:30 — Marina; a 10% discount",
    ),
)
INVITATION_RU = replace(
    REMINDER_RU,
    name=NAMES[Style.INVITATION],
    body=(
        "Здравствуйте, {{1}}! {{2}} приглашает вас: «{{3}}».\n\n"
        "Придержали для вас: {{4}}.\n\nНажмите кнопку или напишите в ответ, какое время удобно."
    ),
)
INVITATION_EN = replace(
    REMINDER_EN,
    name=NAMES[Style.INVITATION],
    body=(
        "Hello, {{1}}! {{2}} invites you: {{3}}.\n\n"
        "Kept for you: {{4}}.\n\nPress a button or write what time suits you."
    ),
)
TEMPLATES: Mapping[tuple[Style, str], Definition] = {
    (Style.REMINDER, "ru"): REMINDER_RU,
    (Style.REMINDER, "en"): REMINDER_EN,
    (Style.INVITATION, "ru"): INVITATION_RU,
    (Style.INVITATION, "en"): INVITATION_EN,
}
BODIES: Mapping[tuple[str, str], str] = {(d.name, d.language): d.body for d in TEMPLATES.values()}


def call(facts: MessageFacts, client_name: str, journey_id: str) -> TemplateCall:
    """«Записаться» books the only slot, or asks which; the client may also answer with a number or in words."""
    language = facts.language
    variables = (
        given_name(client_name) or spoken(language, "whatsapp.guest"),
        clipped(facts.company_title),
        _services(facts),
        _offer(facts),
    )
    one = len(facts.slots) == 1
    book = slot_id(journey_id, facts.attempt, facts.slots[0].n) if one else pick_id(journey_id)
    return TemplateCall(
        name=NAMES[Style(facts.style or Style.REMINDER)],
        language=language,
        variables=tuple(one_line(v) for v in variables),
        payloads=(book, f"other:{journey_id}", f"stop:{journey_id}"),
    )


def reads(made: TemplateCall) -> str:
    """What the client sees, without the footer and the buttons."""
    body = BODIES[made.name, made.language]
    for n, value in enumerate(made.variables, start=1):
        body = body.replace(f"{{{{{n}}}}}", value)
    return body


def registration(definition: Definition) -> Mapping[str, object]:
    """The body of POST /<waba id>/message_templates."""
    return {
        "name": definition.name,
        "language": definition.language,
        "category": definition.category,
        "components": [
            {
                "type": "BODY",
                "text": definition.body,
                "example": {"body_text": [list(definition.example)]},
            },
            {"type": "FOOTER", "text": definition.footer},
            {
                "type": "BUTTONS",
                "buttons": [{"type": "QUICK_REPLY", "text": t} for t in definition.buttons],
            },
        ],
    }


def one_line(value: str) -> str:
    """As Meta takes a variable. Never empty: the call would be refused."""
    return " ".join(value.split()) or "—"


def _services(facts: MessageFacts) -> str:
    """All that are due; the body's own quotes stand around them."""
    between = "», «" if facts.language == "ru" else ", "
    return between.join(clipped(title) for title in (facts.service_title, *facts.also_due))


def _offer(facts: MessageFacts) -> str:
    slots = facts.slots
    listed = [f"{s.n}) {with_staff(s)}" if len(slots) > 1 else with_staff(s) for s in slots]
    offer = listed or [spoken(facts.language, "whatsapp.none")]
    if facts.discount_percent > 0:
        offer.append(spoken(facts.language, "whatsapp.discount", percent=facts.discount_percent))
    return "; ".join(offer)
