"""Facts as a client reads them: dates in words, offers, buttons. Moments are UTC inside, the company's zone here."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from comeback.bookings.model import Slot
from comeback.conversations.model import Button, ChannelKind
from comeback.ports import OfferedSlot
from comeback.reactivation.phrasebook import spoken
from comeback.texts import supported

TITLE_LIMIT = 80
"""A CRM's title may be a paragraph; a message is not."""
WHATSAPP_BUTTONS = 3
WHEN = {"ru": "EEE, d MMMM", "en": "EEE d MMM"}
DAY = {"ru": "d MMMM", "en": "d MMMM"}
BUTTON_DAY = {"ru": "EEE dd.MM", "en": "EEE d MMM"}
NAME = "{name}"
LEADING_NAME = re.compile(r"(^|\n|[.!?…]\s+)\{name\}[,!.\s—-]*(\w|$)")
INNER_NAME = re.compile(r"(,?)[ ]*\{name\}(,?)")


def when(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """«вт, 24 ноября, 11:00», "Tue 24 Nov, 11:00"."""
    local, known = moment.astimezone(zone), supported(language)
    return f"{format_date(local, WHEN[known], locale=known)}, {local:%H:%M}"


def day(on: date, language: str) -> str:
    """«24 ноября», "24 November"."""
    known = supported(language)
    return format_date(on, DAY[known], locale=known)


def offered(
    numbered: Iterable[tuple[int, Slot]],
    staff_names: Mapping[str, str],
    zone: ZoneInfo,
    language: str,
) -> tuple[OfferedSlot, ...]:
    """`staff_names` by staff id."""
    return tuple(
        OfferedSlot(n, when(slot.starts_at, zone, language), staff_names.get(slot.staff_id, ""))
        for n, slot in numbered
    )


def clipped(title: str) -> str:
    """One line, no braces (they are for placeholders), at most `TITLE_LIMIT` characters."""
    line = " ".join(re.sub(r"[{}\[\]<>]", " ", title).split())
    return line if len(line) <= TITLE_LIMIT else line[: TITLE_LIMIT - 1].rstrip() + "…"


def with_name(text: str, name: str) -> str:
    """`{name}` filled. Without a name the address goes with its comma: «Здравствуйте, {name}!» → «Здравствуйте!»."""
    if name:
        return text.replace(NAME, name)
    led = LEADING_NAME.sub(lambda found: found[1] + found[2].upper(), text)
    return INNER_NAME.sub(lambda found: "" if found[1] else found[2], led)


# ── buttons ──────────────────────────────────────────────────────────────────────────────────────


def offer_buttons(
    journey_id: str,
    attempt: int,
    numbered: Sequence[tuple[int, Slot]],
    zone: ZoneInfo,
    language: str,
    channel: ChannelKind = ChannelKind.TELEGRAM,
) -> tuple[Button, ...]:
    """Under a journey's message. WhatsApp shows three, of which one always says something else than yes; the other
    messengers show every slot and the way out."""
    offer = _slot_buttons(journey_id, attempt, numbered, zone, language)
    other, stop = other_button(journey_id, language), stop_button(journey_id, language)
    if channel is not ChannelKind.WHATSAPP:
        return (*offer, other, stop)
    return (*offer[: WHATSAPP_BUTTONS - 1], other, stop)[:WHATSAPP_BUTTONS]


def slot_buttons(
    journey_id: str,
    attempt: int,
    numbered: Iterable[tuple[int, Slot]],
    zone: ZoneInfo,
    language: str,
) -> tuple[Button, ...]:
    """Under an answer in the dialogue: these slots and «Другое время»; none for no slots."""
    found = _slot_buttons(journey_id, attempt, list(numbered), zone, language)
    return (*found, other_button(journey_id, language)) if found else ()


def slot_id(journey_id: str, attempt: int, n: int) -> str:
    return f"slot:{journey_id}:{attempt}:{n}"


def pick_id(journey_id: str) -> str:
    """«Yes», but to which of them is still to be asked."""
    return f"pick:{journey_id}"


def other_button(journey_id: str, language: str) -> Button:
    return Button(f"other:{journey_id}", spoken(language, "button.other"))


def stop_button(journey_id: str, language: str) -> Button:
    return Button(f"stop:{journey_id}", spoken(language, "button.stop"))


def _slot_buttons(
    journey_id: str,
    attempt: int,
    numbered: Sequence[tuple[int, Slot]],
    zone: ZoneInfo,
    language: str,
) -> tuple[Button, ...]:
    """«вт 24.11 11:00»; numbered when two would read the same (WhatsApp refuses equal titles)."""
    titles = [_title(slot, zone, language) for _, slot in numbered]
    same = len(set(titles)) < len(titles)
    return tuple(
        Button(slot_id(journey_id, attempt, n), f"{n}. {title}" if same else title)
        for (n, _), title in zip(numbered, titles, strict=True)
    )


def _title(slot: Slot, zone: ZoneInfo, language: str) -> str:
    local, known = slot.starts_at.astimezone(zone), supported(language)
    return f"{format_date(local, BUTTON_DAY[known], locale=known)} {local:%H:%M}"
