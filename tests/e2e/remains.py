"""What work on a company has left: all that is stored of it, what came to the phone, who may sign in. Moments, made-up ids and
the names of this one company are told alike, so that two companies' remains can be compared."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from enum import Enum
from typing import Any

from cloud import places
from comeback.runtime import wiring
from comeback.runtime.secrets import secret_name

from tests.e2e.indoors import Indoors
from tests.e2e.shop import Shop, buttons_of

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)?")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MONTH = re.compile(r"(?<=#TRIAL#)\d{4}-\d\d")
MADE = re.compile(
    r"(?<![0-9a-f])([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{12,64})(?![0-9a-f])"
    r"|(?<![a-z2-7])[a-z2-7]{20,}(?![a-z2-7])|(?<=#)[\w-]{43}\b|\bim[\w-]{24}(?![\w-])"
)
"""Ids drawn or hashed, those of imported clients among them; keys of blinded contacts."""
LATEST = 1_000_000_000
"""Whole numbers beyond it are moments, in seconds."""
DRAWN = {"content", "facts", "style", "sent_hour"}
"""What a message says, and when it leaves, is drawn by the journey's id."""
TOLD_OTHERWISE = ("USAGE#", "FUNNEL#", "ARM#")
"""What was used of AWS is counted per try; the others are drawn among, and told by their sums."""
AUDITED, HELD = "#AUDIT", "#DAY#"
Left = Mapping[str, object]


def left(home: Indoors, salon: Shop, since: date) -> Left:
    """Days are counted from `since`. Each try is audited, before what is no transaction: so of the log counts who did what to
    whom."""
    company_id = salon.company.company_id
    plain, rows = Plain(salon, since), _rows(home, company_id)
    kept = [row for row in rows if not row["SK"].startswith(TOLD_OTHERWISE)]
    audited = [row for row in kept if AUDITED in row["PK"]]
    held = [row for row in kept if HELD in row["PK"]]
    return {
        "stored": Counter(plain(row) for row in kept if row not in audited and row not in held),
        "audited": {plain((row["operation"], row["target"])) for row in audited},
        "held": sum(len(row["holdings"]) for row in held),
        "funnel": salon.funnel(),
        "tried and won": {
            name: (sum(t.tried for t in arms.values()), sum(t.won for t in arms.values()))
            for name, arms in home.store.arms(company_id).items()
        },
        "clients": Counter(map(plain, _files(home, company_id))),
        "phone": [len(buttons_of(message)) for message in phone(salon)],
        "files": sorted(map(plain, _names_in(home, company_id))),
        "secrets": _secrets(home, salon),
        "team": sorted((m.role, m.standing, plain(m.email)) for m in _team(company_id)),
        "executions": Counter(home.executions(company_id)),
        "left in queues": sum(home.depths().values()),
    }


def phone(salon: Shop) -> list[dict[str, Any]]:
    """What has reached it, the messages included whose sending we were not told to have worked."""
    sent = salon.sendings()
    return [e for e in sent if e["status"] == 200 or e.get("fault") == "lost_response"]


class Plain:
    """Words in which two companies' things are alike."""

    def __init__(self, salon: Shop, since: date) -> None:
        self._since = since
        self._own = {
            "company": salon.company.company_id,
            "chat": salon.chat,
            "owner": salon.owners_chat,
            "phone": f"7999{salon.serial:07d}",
            "number": salon.number_id,
            "book": str(salon.book_id),
        }

    def __call__(self, found: object) -> str:
        told = json.dumps(_without_drawn(found), default=_word, sort_keys=True, ensure_ascii=False)
        for name, value in self._own.items():
            told = told.replace(value, f"<{name}>")
        told = MADE.sub("<made>", MOMENT.sub("<moment>", told))
        return DAY.sub(self._day, MONTH.sub("<month>", told))

    def _day(self, found: re.Match[str]) -> str:
        try:
            return f"<day {(date.fromisoformat(found[0]) - self._since).days:+d}>"
        except ValueError:
            return found[0]


def _without_drawn(found: object) -> object:
    if isinstance(found, Mapping):
        return {k: _without_drawn(v) for k, v in found.items() if k not in DRAWN}
    return [_without_drawn(each) for each in found] if isinstance(found, list | tuple) else found


def _word(found: object) -> object:
    if isinstance(found, datetime | date):
        return found.isoformat()
    if isinstance(found, Enum):
        return found.value
    if isinstance(found, set | frozenset):
        return sorted(map(str, found))
    if isinstance(found, bytes):
        return "<sealed>"
    return str(found)


def _rows(home: Indoors, company_id: str) -> list[Mapping[str, Any]]:
    return [{k: _value(v) for k, v in row.items()} for row in home.rows(company_id)]


def _value(found: Any) -> Any:
    """Moments in seconds, and what is sealed anew each time, are told as such."""
    if isinstance(found, Mapping):
        return {name: _value(value) for name, value in found.items()}
    if isinstance(found, list):
        return [_value(each) for each in found]
    if hasattr(found, "value"):  # boto3's Binary
        return "<sealed>"
    number = not isinstance(found, str | bool | None | set) and float(found)
    return "<moment>" if number and number > LATEST else found


def _files(home: Indoors, company_id: str) -> list[Mapping[str, Any]]:
    """Unsealed: clients and what we wrote to them."""
    store = home.store
    return [
        {
            "file": asdict(store.client(company_id, client_id)),
            "messages": [asdict(m) for m in store.messages(company_id, client_id)],
            "heard": [asdict(h) for h in store.heard(company_id, client_id)],
        }
        for client_id in store.clients(company_id)
    ]


def _names_in(home: Indoors, company_id: str) -> list[str]:
    """With their sizes, but for reports: an import's tells what its own run made, and what a run before it made is not new."""
    found = home.s3.list_objects_v2(Bucket=home.outputs["BucketName"]).get("Contents", [])
    return [
        o["Key"] if o["Key"].startswith("reports/") else f"{o['Key']} {o['Size']}"
        for o in found
        if f"/{company_id}/" in o["Key"]
    ]


def _secrets(home: Indoors, salon: Shop) -> Mapping[str, str]:
    """Whether the company's, or made by us, which differs."""
    name = secret_name(places.STAGE, salon.company.company_id)
    kept = json.loads(home.secrets.get_secret_value(SecretId=name)["SecretString"])
    given = {*salon.secret.values()}
    return {name: "given" if str(value) in given else "new" for name, value in sorted(kept.items())}


def _team(company_id: str) -> Any:
    return wiring.team().members(company_id)
