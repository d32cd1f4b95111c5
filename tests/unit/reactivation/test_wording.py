import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po
from comeback.bookings.model import Slot
from comeback.conversations.model import ChannelKind
from comeback.reactivation import wording
from comeback.reactivation.phrasebook import LOCALES, counted, spoken
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.reactivation.facts import quarters

MOSCOW = ZoneInfo("Europe/Moscow")
TUESDAY = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
JOURNEY = "j" + "a" * 24
SLOTS = tuple(Slot("cut", f"s{n}", TUESDAY + timedelta(days=n), 60) for n in range(3))


def test_moments_are_told_in_the_companys_zone_and_the_clients_language() -> None:
    assert wording.when(TUESDAY, MOSCOW, "ru") == "вт, 24 ноября, 11:00"
    assert wording.when(TUESDAY, MOSCOW, "en") == "Tue 24 Nov, 11:00"
    assert wording.when(TUESDAY, ZoneInfo("Asia/Vladivostok"), "ru") == "вт, 24 ноября, 18:00"
    assert wording.day(date(2026, 12, 1), "ru") == "1 декабря"
    assert wording.day(date(2026, 12, 1), "en") == "1 December"


def test_an_unknown_language_reads_english() -> None:
    assert wording.when(TUESDAY, MOSCOW, "tr") == "Tue 24 Nov, 11:00"
    assert spoken("kk", "button.other") == "Another time"


def numbered(slots: Sequence[Slot]) -> list[tuple[int, Slot]]:
    return list(enumerate(slots, start=1))


def test_slots_are_told_with_their_numbers_and_their_staff() -> None:
    first, second = wording.offered(numbered(SLOTS[:2]), {"s0": "Ольга"}, MOSCOW, "ru")
    assert (first.n, first.text, first.staff) == (1, "вт, 24 ноября, 11:00", "Ольга")
    assert (second.n, second.staff) == (2, "")


def test_telegram_shows_every_slot_and_the_way_out() -> None:
    found = wording.offer_buttons(JOURNEY, 1, numbered(SLOTS), MOSCOW, "ru")
    assert [b.title for b in found] == [
        "вт 24.11 11:00",
        "ср 25.11 11:00",
        "чт 26.11 11:00",
        "Другое время",
        "Не писать",
    ]
    assert [b.button_id for b in found][::3] == [f"slot:{JOURNEY}:1:1", f"other:{JOURNEY}"]
    assert found[-1].button_id == f"stop:{JOURNEY}"


@pytest.mark.parametrize(
    ("slots", "kinds"),
    [
        (3, ["slot", "slot", "other"]),
        (2, ["slot", "slot", "other"]),
        (1, ["slot", "other", "stop"]),
        (0, ["other", "stop"]),
    ],
)
def test_whatsapp_shows_three_and_always_another_answer(slots: int, kinds: list[str]) -> None:
    found = wording.offer_buttons(
        JOURNEY, 1, numbered(SLOTS[:slots]), MOSCOW, "ru", ChannelKind.WHATSAPP
    )
    assert [b.button_id.split(":")[0] for b in found] == kinds


@given(
    starts=st.lists(quarters(), max_size=9),
    attempt=st.integers(1, 99),
    language=st.sampled_from(("ru", "en")),
)
def test_buttons_fit_every_messenger_and_read_differently(
    starts: list[datetime], attempt: int, language: str
) -> None:
    slots = [Slot("cut", "s", start, 60) for start in starts]
    found = wording.offer_buttons(JOURNEY, attempt, numbered(slots), MOSCOW, language)
    assert all(len(b.button_id.encode()) <= 64 and 1 <= len(b.title) <= 20 for b in found)
    assert len({b.title for b in found}) == len(found) == len({b.button_id for b in found})


def test_the_dialogue_numbers_on_and_offers_another_time() -> None:
    found = wording.slot_buttons(JOURNEY, 2, [(4, SLOTS[0])], MOSCOW, "en")
    assert [(b.button_id, b.title) for b in found] == [
        (f"slot:{JOURNEY}:2:4", "Tue 24 Nov 11:00"),
        (f"other:{JOURNEY}", "Another time"),
    ]
    assert wording.slot_buttons(JOURNEY, 2, [], MOSCOW, "en") == ()


@pytest.mark.parametrize(
    ("text", "named", "bare"),
    [
        ("Здравствуйте, {name}! Это мы", "Здравствуйте, Анна! Это мы", "Здравствуйте! Это мы"),
        ("{name}, здравствуйте!", "Анна, здравствуйте!", "Здравствуйте!"),
        ("Ждём. {name}, приходите", "Ждём. Анна, приходите", "Ждём. Приходите"),
        ("Hey {name}, it's us", "Hey Анна, it's us", "Hey, it's us"),
        ("ждём вас, {name}, снова", "ждём вас, Анна, снова", "ждём вас снова"),
    ],
)
def test_the_name_is_filled_or_leaves_no_trace(text: str, named: str, bare: str) -> None:
    assert wording.with_name(text, "Анна") == named
    assert wording.with_name(text, "") == bare


@pytest.mark.parametrize(
    ("days", "ru", "en"),
    [
        (1, "прошёл 1 день", "1 day"),
        (2, "прошло 2 дня", "2 days"),
        (11, "прошло 11 дней", "11 days"),
        (21, "прошёл 21 день", "21 days"),
        (28, "прошло 28 дней", "28 days"),
        (104, "прошло 104 дня", "104 days"),
        (112, "прошло 112 дней", "112 days"),
    ],
)
def test_days_are_counted_as_the_language_counts(days: int, ru: str, en: str) -> None:
    assert counted("ru", "passed", days) == ru
    assert counted("en", "passed", days) == en


def test_both_catalogues_hold_the_same_texts_and_places() -> None:
    ru, en = catalogue("ru"), catalogue("en")
    assert ru.keys() == en.keys()
    for key in ru:
        assert set(re.findall(r"{\w+}", ru[key])) == set(re.findall(r"{\w+}", en[key])), key


def catalogue(language: str) -> dict[str, str]:
    with (LOCALES / language / "LC_MESSAGES" / "reactivation.po").open("rb") as file:
        return {m.id: str(m.string) for m in read_po(file) if isinstance(m.id, str) and m.id}


def test_a_missing_text_is_never_shown_to_a_client() -> None:
    with pytest.raises(LookupError, match="no text"):
        spoken("ru", "friendly.opening.9")
