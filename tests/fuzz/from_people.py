"""Parsers of what people give us: clients' words and buttons, owners' files and settings, operators' queries."""

import importlib.util
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache, partial
from io import BytesIO
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import msgspec
from comeback.clients import phones
from comeback.clients.model import Client
from comeback.clients.money import minor
from comeback.clients.visits_file import Open
from comeback.clients.visits_import import VisitsImport
from comeback.clients.visits_values import Order, amount, judge, state, when
from comeback.conversations import links, owner
from comeback.conversations.model import OWNER, MessageReceived
from comeback.conversations.stop_words import is_stop
from comeback.decoding import decoded
from comeback.errors import ComebackError
from comeback.reactivation import answer_words
from comeback.reactivation.absence import until
from comeback.reactivation.answers import read_by_rules, reading
from comeback.reactivation.client_zone import client_zone
from comeback.reactivation.due import DueDates
from comeback.reactivation.forecasts import _readable
from comeback.reactivation.mentions import moment_of, read
from comeback.reactivation.opt_out import half_told, is_opt_out
from comeback.reactivation.pressed import pressed_button
from comeback.reactivation.pseudonyms import masked
from comeback.reactivation.returns import ReturnModel
from comeback.reactivation.wishes import wish_for
from comeback.runtime import wiring
from imports import bucket, visits_file

from tests.architecture.template import ROOT
from tests.fakes.clock import NOON, FixedClock
from tests.fuzz.parser import DOCUMENTED, Parser, documents, lines, text_of
from tests.fuzz.salon import CHAT, COMPANY, salon
from tests.unit.reactivation.facts import FRIDAY, STAFF, answer_facts

DATA = ROOT / "tests" / "data"
MOSCOW = ZoneInfo("Europe/Moscow")
SECRET = "secret"
LONGEST_MESSAGE = 4096
"""Characters, of Telegram's and WhatsApp's both."""


# ── clients ──────────────────────────────────────────────────────────────────────────────────────


def words(data: bytes) -> None:
    """All that is made of a client's text, shortened as `answers.reading` does it or not."""
    text = text_of(data)[:LONGEST_MESSAGE]
    is_stop(text)
    masked(text, "Анна", STAFF["ru"])
    for language in ("ru", "en"):
        reading(None, answer_facts(text, language))
    wish_for(text, NOON.astimezone(MOSCOW), MOSCOW)


def long_words(data: bytes) -> None:
    """Each reader by itself, on the whole text."""
    text = text_of(data)[:LONGEST_MESSAGE]
    simple = answer_words.simple(text)
    answer_words.bare(simple)
    until(simple, FRIDAY)
    read(simple)
    moment_of(simple)
    is_opt_out(simple)
    half_told(simple)
    read_by_rules(answer_facts(text))


def buttons(data: bytes) -> None:
    """A button's id comes back from the messenger: whoever writes a client may write anything there."""
    text = text_of(data)
    pressed_button(text)
    event = MessageReceived(event_id="e", address=CHAT, at=NOON, button_id=text, start_payload=text)
    company, store = replace(COMPANY, owner=CHAT), salon()
    for linked in (None, OWNER):
        if owner.concerns(event, linked):
            owner.answer(company, event, linked, NOON, store.proposal)


def payloads(data: bytes) -> None:
    """Only what we have signed names a client."""
    text = text_of(data)
    for signed in (text, f"{text}-{links.payload('salon', 'anna', SECRET)}"):
        assert links.client_of("salon", signed, SECRET) in (None, "anna")
    assert links.client_of("salon", text, "") is None


def numbers(data: bytes) -> None:
    found = phones.e164(text_of(data), COMPANY)
    assert found == "" or (found[0] == "+" and found[1:].isdecimal() and found.isascii())
    client_zone(Client("salon", "c", "", phone=found), COMPANY)
    for address in phones.whatsapp(found):
        assert address.value == found[1:]


# ── owners and administrators ────────────────────────────────────────────────────────────────────


def values(data: bytes) -> None:
    """One cell of a spreadsheet as each thing it may be. ValueError: the row is reported as bad."""
    text = text_of(data)
    for order in Order:
        for day, hour in ((text, ""), ("24.03.2026", text), text.partition(" ")[::2]):
            _refused(partial(when, day, hour, order))
    _refused(lambda: judge([text, text[::-1]]))
    _refused(lambda: state(text))
    _refused(lambda: minor(amount(text), "RUB"))


def _refused(reading_it: Any) -> None:
    with suppress(ValueError, ComebackError):
        reading_it()


def visits(data: bytes) -> None:
    """A whole file, up to the clients it becomes: the report tells, nothing is raised."""
    store = salon()
    opened: Open = lambda: BytesIO(data)  # noqa: E731  # a handle anew each time
    VisitsImport(store, DueDates(store, FixedClock()), FixedClock()).run("salon", "f.csv", opened)


@cache
def _module(path: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"fuzzed_{path.replace('/', '_')}", ROOT / path)
    assert spec
    assert spec.loader
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def uploads(data: bytes) -> None:
    """An object's key and metadata, as S3 tells them: in ASCII."""
    told = {k: v.encode("ascii", "replace").decode() for k, v in _texts(data).items()}

    class S3:
        def get_object(self, **_named: str) -> dict[str, Any]:
            class Body:
                def iter_chunks(self, _size: int) -> list[bytes]:
                    return [b"client,date\nAnna,2026-03-24\n"]

            described = {k: v for k, v in told.items() if k != "key"}
            return {"Body": Body(), "Metadata": described, "ContentLength": 31}

        def put_object(self, **named: Any) -> None:
            assert named["Key"].startswith("reports/")

    store = salon()
    plain = visits_file.handler.__wrapped__  # type: ignore[attr-defined]  # functools.wraps: under the logs' decorator
    importing = VisitsImport(store, DueDates(store, FixedClock()), FixedClock())
    with (
        patch.object(bucket, "client", lambda _: S3()),
        patch.object(wiring, "visits_import", lambda: importing),
        patch.dict(os.environ, BUCKET="b"),
    ):
        key = told.get("key", "imports/salon/x.csv")
        plain({"Records": [{"s3": {"object": {"key": key}}}]}, None)


def _texts(data: bytes) -> Mapping[str, str]:
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return {k: v for k, v in told.items() if isinstance(v, str)} if isinstance(told, dict) else {}


def companies(data: bytes) -> None:
    """`make company`: what passes its checks works."""
    admin = _module("infra/admin/company.py")
    found = decoded(data, admin.CompanyFile)
    if not admin._problem(found.company):
        found.company.local(NOON)
        json.dumps(dict(found.secret))


def models(data: bytes) -> None:
    """What is stored by an older release, or by hand: ValueError, and the rule's days stand in."""
    found = _readable(text_of(data))
    if found:
        found.forecast([FRIDAY], as_of=FRIDAY)


SAID = tuple(
    json.loads(line)["text"].encode()
    for line in (DATA / "answers.jsonl").read_text().splitlines()[::3]
)
PRESSED = lines("slot:j1:1:1", "pick:j1", "other:j1", "stop:j1", "owner:resume:telegram", "owner:chairs:2026-03-03:yes",
                "consent:yes", "Owner:x", "slot:j1:1:²")  # fmt: skip
WRITTEN = lines("+7 (916) 219-00-33", "89162190033", "79161234567", "+1 212 555 0123", "8 800 555", "no",
                "+44 20 7946 0958 ext 5")  # fmt: skip
CELLS = lines("24.03.2026 14:30", "3/24/2026 2:30 PM", "2026-03-24T14:30:00+03:00", "19970318", "24/03/26", "14:30", "9:05 am",
              "1 500,00 ₽", "$1,234.50", "1.234,50", "пришел", "no show", "-5", "2026-03-24 14:30:15.5Z")  # fmt: skip
FILES = (
    *((DATA / name).read_bytes()[:1500] for name in ("visits_us.csv", "visits_ru_cp1251.csv")),
    "клиент;телефон;дата;услуга;сумма\nАнна;89162190033;24.03.2026 14:30;Стрижка;1 500,00\n".encode(),
    "sep=;\nclient;date;amount\nAnna;2026-03-24;15\n".encode("utf-16"),
    b'\xef\xbb\xbfclient id,date,time,status,staff\n5,"03/24/2026",2:30 PM,came,Olga\n',
    b"name\tdate\tprice usd\nAnna\t1997-03-18\t5\n",
)
UPLOADED = (
    {"key": "imports/salon/may+2026.csv", "until": "2026-03-24", "consent-text-version": "v1"},
    {"key": "imports/salon/a/b.csv"},
    {"key": "reports/salon/x"},
)
STORED = (ReturnModel.default(30).to_json().encode(),)
EXAMPLE = (ROOT / "infra" / "admin" / "company.example.json").read_bytes()
PARSERS = (
    Parser("clients_words", words, SAID, 500),
    Parser("clients_long_words", long_words, SAID, 500),
    Parser("buttons", buttons, PRESSED, 6_000),
    Parser("link_payloads", payloads, lines(links.payload("salon", "anna", SECRET), "x-y"), 8_000),
    Parser("phones", numbers, WRITTEN, 5_000),
    Parser("spreadsheet_values", values, CELLS, 7_000),
    Parser("visits_files", visits, FILES, 2_000),
    Parser("uploads", uploads, documents(UPLOADED), 700, DOCUMENTED),
    Parser("company_files", companies, (EXAMPLE,), 700, (msgspec.MsgspecError,)),
    Parser("stored_models", models, STORED, 300),
)
