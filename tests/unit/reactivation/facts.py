"""Facts that tests of texts and answers share. Made-up people and places."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from comeback.bookings.model import Slot
from comeback.ports import AnswerFacts, MessageFacts, OfferedSlot
from comeback.reactivation.wording import offered
from hypothesis import strategies as st

MOSCOW = ZoneInfo("Europe/Moscow")
FRIDAY = date(2026, 11, 20)
YEAR_START = datetime(2026, 1, 1, tzinfo=UTC)
STAFF = {
    "ru": ("Ольга Петрова", "Марина", "Анна Котова", "Виктор"),
    "en": ("Olga", "Marina", "Anna", "Victor"),
}
SERVICES = {
    "ru": ("Стрижка женская", "Окрашивание", "Маникюр", "Педикюр"),
    "en": ("Haircut", "Colouring", "Manicure", "Pedicure"),
}
OFFERED = {
    "ru": (
        OfferedSlot(1, "вт, 24 ноября, 11:00", "Ольга Петрова"),
        OfferedSlot(2, "ср, 25 ноября, 15:30", "Марина"),
        OfferedSlot(3, "сб, 28 ноября, 18:00", "Ольга Петрова"),
    ),
    "en": (
        OfferedSlot(1, "Tue 24 Nov, 11:00", "Olga"),
        OfferedSlot(2, "Wed 25 Nov, 15:30", "Marina"),
        OfferedSlot(3, "Sat 28 Nov, 18:00", "Olga"),
    ),
}


def answer_facts(text: str, language: str = "ru") -> AnswerFacts:
    return AnswerFacts(
        text=text,
        language=language,
        offered=OFFERED[language],
        today=FRIDAY,
        services=SERVICES[language],
        staff=STAFF[language],
        service=SERVICES[language][0],
    )


def message_facts(
    language: str = "ru",
    slots: tuple[OfferedSlot, ...] | None = None,
    discount_percent: int = 10,
    attempt: int = 1,
    tone: str = "friendly",
) -> MessageFacts:
    return MessageFacts(
        language=language,
        tone=tone,
        company_title="Лотос" if language == "ru" else "Lotus",
        service_title=SERVICES[language][0],
        days_since_visit=28,
        staff_name=STAFF[language][0],
        slots=OFFERED[language] if slots is None else slots,
        discount_percent=discount_percent,
        attempt=attempt,
    )


@st.composite
def any_facts(draw: st.DrawFn) -> MessageFacts:
    """Facts of any language, tone, attempt, offer, with awkward titles."""
    language = draw(st.sampled_from(("ru", "en")))
    titles = st.sampled_from(
        (
            "Лотос",
            "Салон «Лотос»",
            "Бар 24/7",
            "Studio 5",
            "11:00",
            "Скидка 50 %",
            "free.ru",
            "Стрижка 2 в 1",
            "Ко{д}",
        )
    )
    starts = draw(st.lists(quarters(), max_size=3, unique=True))
    staff = dict(enumerate(STAFF[language]))
    slots = [Slot("s", str(draw(st.sampled_from(sorted(staff)))), start, 60) for start in starts]
    names = {str(n): name for n, name in staff.items()}
    texts = offered(enumerate(slots, start=1), names, MOSCOW, language)
    return MessageFacts(
        language=language,
        tone=draw(st.sampled_from(("friendly", "professional", "casual"))),
        company_title=draw(titles),
        service_title=draw(titles),
        days_since_visit=draw(st.integers(0, 800)),
        staff_name=draw(st.sampled_from((None, STAFF[language][0]))),
        slots=texts,
        discount_percent=draw(st.sampled_from((0, 5, 10, 15, 20, 100))),
        attempt=draw(st.integers(1, 5)),
        also_due=tuple(draw(st.lists(titles, max_size=3, unique=True))),
    )


def quarters() -> st.SearchStrategy[datetime]:
    """Moments at a quarter of an hour in the years about now."""
    return st.integers(0, 4 * 24 * 700).map(lambda n: YEAR_START + timedelta(minutes=15 * n))
