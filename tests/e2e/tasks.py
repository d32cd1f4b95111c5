"""What people and schedules do with a company, each with what stands before: for tests that disturb it. Every operation of the
admin API that is no GET, and every function that no life of test_lost_answers.py runs through, has its line here; else a test
says so.

Long on purpose: all tasks are read in one place.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any

from comeback.changes import SaveDue, SaveRule
from comeback.companies.model import EmptyChairs
from comeback.connections.model import Connection
from comeback.conversations.model import ChannelKind
from comeback.reactivation.empty_chairs import ASKED_AT
from comeback.reactivation.model import Outcome, ServiceRule
from comeback.team.model import Role

from tests.e2e.desk import Desk, Page
from tests.e2e.shop import Shop, says_nothing

Do = Callable[[Desk], object]
Open = Callable[[Shop], None]
SYNCS = 8
VISITS = """client,phone,date,service,price
Boris,+79160000001,{first},Haircut,2000
Boris,+79160000001,{second},Haircut,2000
Vera,+79160000002,{second},Beard,900
"""


def nothing(_desk: Desk) -> None:
    return


def in_yclients(salon: Shop) -> None:
    salon.open_with_yclients(salon.book_id)


@dataclass(frozen=True)
class Task:
    do: Do
    before: Do = nothing
    opened: Open = Shop.open
    channel: ChannelKind = ChannelKind.TELEGRAM
    writes: bool = True


# ── calls of the API ─────────────────────────────────────────────────────────────────────────────


def call(method: str, path: str, body: object = None) -> Do:
    return lambda desk: desk.asks(method, path, body)


def of_journey(word: str) -> Do:
    return lambda desk: desk.asks("POST", f"{desk.journey}/{word}")


def of_member(method: str, rest: str = "") -> Do:
    return lambda desk: desk.asks(method, desk.member(Role.VIEWER) + rest)


def changed(path: str, **told: Any) -> Do:
    return lambda desk: desk.changes(path, lambda _page: told)


def _settings(page: Page) -> Page:
    shown_only = {"company_id", "currency", "crm", "owner_connected"}
    kept = {name: value for name, value in page.items() if name not in shown_only}
    return {**kept, "title": "Salon at the Corner", "max_slots": 2}


def _tags(page: Page) -> Page:
    return {"version": page["version"], "tags": ["likes it quiet"], "vip": True}


def _in_doubt(desk: Desk) -> None:
    says_nothing(desk.salon)
    desk.salon.campaign()
    store = desk.home.store
    desk.home.until(lambda: bool(list(store.uncertain(desk.company_id))), "the doubt")
    desk.home.let_pass(timedelta(hours=1))


def _settles(desk: Desk) -> None:
    doubt = desk.salon.journeys()[0].attempt.outbox_id
    desk.asks("POST", f"uncertain/{desk.salon.client_id}/{doubt}/settle", {"arrived": True})


def _without_slots(desk: Desk) -> None:
    """A journey that found nothing to offer, and may be tried again."""
    store = desk.home.store
    kept = store.catalogue(desk.company_id)
    idle = [replace(member, service_ids=frozenset({"other"})) for member in kept.staff.values()]
    store.save_catalogue(desk.company_id, [*kept.services.values()], idle)
    desk.salon.campaign()
    desk.home.until(
        lambda: any(j.attempt.outcome is Outcome.SKIPPED for j in desk.salon.journeys()), "a skip"
    )
    store.save_catalogue(desk.company_id, [*kept.services.values()], [*kept.staff.values()])


def _taken(desk: Desk) -> None:
    desk.asks("POST", f"talks/{desk.salon.client_id}/take-over")


def _stopped(desk: Desk) -> None:
    """WhatsApp has stopped the account."""
    error = {"message": "(#131048)", "code": 131048, "type": "OAuthException"}
    fault = {"kind": "error", "times": 1, "status": 400, "body": {"error": error}}
    desk.home.call(
        "/world/faults",
        {"target": "whatsapp.messages", **fault, "match": {"to": desk.salon.chat}},
    )
    desk.salon.campaign()
    account = partial(desk.home.store.accounts, desk.company_id)
    desk.home.until(lambda: bool(account()) and not desk.home.running(), "the stop")


# ── what is connected ────────────────────────────────────────────────────────────────────────────


def _books(desk: Desk) -> None:
    desk.salon.known_to_yclients(desk.salon.book_id)


def _meta(desk: Desk) -> None:
    """A WhatsApp account that knows none of our templates."""
    told = _of_whatsapp(desk)
    account = {
        "waba_id": told["whatsapp_waba_id"],
        "phone_number_id": told["whatsapp_phone_number_id"],
        "display_phone_number": "+7 495 000-00-01",
        "access_token": told["whatsapp_access_token"],
        "app_secret": told["whatsapp_app_secret"],
        "verify_token": "nobody's yet",
        "webhook_url": "",
        "tier": 2000,
        "templates": [],
    }
    desk.home.call("/world/whatsapp/accounts", account)


def _of_whatsapp(desk: Desk) -> dict[str, str]:
    serial = desk.salon.number_id[4:]
    return {
        "whatsapp_access_token": f"other-token-{serial}",
        "whatsapp_app_secret": f"other-app-{serial}",
        "whatsapp_phone_number_id": f"3065{serial}",
        "whatsapp_waba_id": f"2065{serial}",
    }


def _of_telegram(desk: Desk) -> dict[str, str]:
    return {"telegram_token": desk.salon.secret["telegram_token"]}


def _of_yclients(desk: Desk) -> dict[str, str]:
    names = ("yclients_partner_token", "yclients_user_token")
    return {n: desk.salon.secret[n] for n in names} | {"crm_company_id": str(desk.salon.book_id)}


def _of_gemini(_desk: Desk) -> dict[str, str]:
    return {"gemini_api_key": "made-up-gemini-key"}


BODIES: Mapping[Connection, Callable[[Desk], dict[str, str]]] = {
    Connection.TELEGRAM: _of_telegram,
    Connection.WHATSAPP: _of_whatsapp,
    Connection.YCLIENTS: _of_yclients,
    Connection.GEMINI: _of_gemini,
}
OUTSIDE: Mapping[Connection, Do] = {Connection.WHATSAPP: _meta, Connection.YCLIENTS: _books}


def connect(kind: Connection) -> Do:
    return lambda desk: desk.asks("POST", f"channels/{kind}/connect", BODIES[kind](desk))


def connected(kind: Connection) -> Do:
    def before(desk: Desk) -> None:
        OUTSIDE.get(kind, nothing)(desk)
        connect(kind)(desk)

    return before


def _dead_letter(desk: Desk) -> None:
    """An order of ours that could not be done."""
    message = {
        "company_id": desk.company_id,
        "kind": "rule.saved",
        "detail": {"service_id": "cut"},
    }
    desk.home.put_aside(message)


# ── schedules, uploads, notices ──────────────────────────────────────────────────────────────────


def tick(function: str) -> Do:
    return lambda desk: desk.home.invoke(function)


def _syncs(desk: Desk) -> None:
    """What one run leaves, one of the next goes on with."""
    for _ in range(SYNCS):
        _synced(desk)
        desk.home.let_pass(timedelta(minutes=40))
        told = [desk.home.store.cursor(desk.company_id, n) or {} for n in ("crm_full", "crm_delta")]
        if all(cursor.get("stage") == "done" for cursor in told):
            return
    raise AssertionError(f"not done after {SYNCS} syncs")


def _synced(desk: Desk) -> None:
    desk.home.invoke("Sync")
    desk.home.quiet()


def _silent(desk: Desk) -> None:
    """Written to once, for the last time, and silent beyond the answer's deadline."""
    once = ServiceRule(desk.salon.service_id, max_attempts=1)
    desk.home.store.commit([SaveRule(desk.company_id, once)])
    desk.offered()
    desk.home.let_pass(timedelta(days=8))


def _expires(desk: Desk) -> None:
    desk.home.invoke("Expire")
    desk.home.until(lambda: desk.salon.journeys()[0].finished_at is not None, "the end")


def _wait_for(desk: Desk, hour: time) -> None:
    now = desk.home.now()
    desk.home.let_pass(max(timedelta(0), datetime.combine(now.date(), hour, UTC) - now))


def _reporting(desk: Desk) -> None:
    desk.offered()
    desk.with_owner()
    _wait_for(desk, time(23, 5))
    desk.keeps(report_hour=23)


def _afternoon(desk: Desk) -> None:
    """Nearly due, and the salon fills tomorrow's chairs by itself."""
    home = desk.home
    (entry,) = home.store.client(desk.company_id, desk.salon.client_id).due
    soon = home.now().date() + timedelta(days=4)
    home.store.commit([SaveDue(replace(entry, due_on=soon, next_on=soon))])
    desk.keeps(empty_chairs=EmptyChairs.AUTO)
    _wait_for(desk, time(ASKED_AT, 5))


def _fills(desk: Desk) -> None:
    """Proposed in one run, begun in the next."""
    desk.home.invoke("EmptyChairs")
    desk.home.invoke("EmptyChairs")
    desk.home.until(lambda: bool(desk.salon.journeys()), "a journey")
    desk.home.until(lambda: bool(desk.salon.journeys()[0].attempt.sent_at), "the offer")


def _upload(desk: Desk) -> None:
    day = desk.home.now().date()
    body = VISITS.format(first=day - timedelta(days=60), second=day - timedelta(days=30))
    desk.home.s3.put_object(
        Bucket=desk.home.outputs["BucketName"],
        Key=f"imports/{desk.company_id}/visits.csv",
        Body=body.encode(),
        Metadata={"consent-text-version": "v1"},
    )


def _imports(desk: Desk) -> None:
    key = f"imports/{desk.company_id}/visits.csv"
    desk.home.invoke("VisitsFile", {"Records": [{"s3": {"object": {"key": key}}}]})


def _notice(desk: Desk) -> None:
    """YCLIENTS tells of a client, as often as it is not answered 200."""
    body = {
        "company_id": desk.salon.book_id,
        "resource": "client",
        "resource_id": 77,
        "status": "update",
        "data": {"last_change_date": "2026-03-02T10:00:00"},
    }
    path = f"/webhooks/crm/{desk.company_id}/{desk.salon.secret['crm_webhook_secret']}"
    desk.home.posted(path, body)


OF_FUNCTIONS: Mapping[str, Task] = {
    "Expire": Task(_expires, _silent),
    "Refit": Task(tick("Refit")),
    "Report": Task(tick("Report"), _reporting),
    "EmptyChairs": Task(_fills, _afternoon),
    "Sync": Task(_syncs, opened=in_yclients),
    "CrmEvents": Task(_notice, _synced, opened=in_yclients),
    "CrmWebhook": Task(_notice, _synced, opened=in_yclients),
    "VisitsFile": Task(_imports, _upload),
}
CLIENT = "clients/anna"
SERVICE = {"title": "Colouring", "minutes": 120, "price_minor": 500_000}
MEMBER = {
    "name": "Nina",
    "service_ids": ["cut"],
    "hours": [{"weekday": 0, "opens": "10:00:00", "closes": "19:00:00"}],
}
RULE = {
    "version": 0,
    "active": True,
    "manual_days": 14,
    "retry_interval_days": 14,
    "max_attempts": 3,
    "discounts": [10, 15],
}
ABOUT = {"client_id": "anna", "service_id": "cut"}
OF_THE_API: Mapping[str, Task] = {
    "today.pause": Task(call("POST", "pause")),
    "today.resume": Task(call("POST", "resume"), call("POST", "pause")),
    "today.reset_account": Task(
        call("POST", "accounts/whatsapp/reset"), _stopped, channel=ChannelKind.WHATSAPP
    ),
    "today.settle_message": Task(_settles, _in_doubt),
    "due.sandbox": Task(call("POST", "sandbox", {}), writes=False),
    "due.dry_run": Task(call("POST", "dry-run", ABOUT), writes=False),
    "journeys.start_journey": Task(call("POST", "journeys", {**ABOUT, "force": True})),
    "journeys.cancel_journey": Task(of_journey("cancel"), Desk.offered),
    "journeys.retry_journey": Task(of_journey("retry"), _without_slots),
    "talks.take_over": Task(call("POST", "talks/anna/take-over"), Desk.offered),
    "talks.release": Task(call("POST", "talks/anna/release"), _taken),
    "talks.write_message": Task(call("POST", "talks/anna/messages", {"text": "Hello!"}), _taken),
    **{
        f"channels.connect_{kind}": Task(connect(kind), OUTSIDE.get(kind, nothing))
        for kind in Connection
    },
    "channels.check": Task(
        call("POST", "channels/telegram/check"), connected(Connection.TELEGRAM)
    ),
    "channels.renew": Task(
        call("POST", "channels/telegram/renew"), connected(Connection.TELEGRAM)
    ),
    "channels.disconnect": Task(
        call("DELETE", "channels/telegram"), connected(Connection.TELEGRAM)
    ),
    "templates.submit_templates": Task(
        call("POST", "channels/whatsapp/templates"), connected(Connection.WHATSAPP)
    ),
    "letters.redrive": Task(call("POST", "letters/events/redrive"), _dead_letter),
    "team.invite": Task(
        lambda desk: desk.asks("POST", "team", {"email": f"new@{desk.company_id}.example", "role": "viewer"}),
        Desk.with_team,
    ),
    "team.invite_again": Task(of_member("POST", "/invitation"), Desk.with_team),
    "team.give_role": Task(
        lambda desk: desk.changes(
            member := desk.member(Role.VIEWER), lambda _: {"role": "manager"}, at=f"{member}/role"
        ),
        Desk.with_team,
    ),
    "team.remove": Task(of_member("DELETE"), Desk.with_team),
    "team.reset_totp": Task(of_member("POST", "/totp/reset"), Desk.with_team),
    "clients.change_client": Task(lambda desk: desk.changes(CLIENT, _tags, "PATCH")),
    "clients.opt_out": Task(call("POST", f"{CLIENT}/opt-out"), Desk.offered),
    "clients.erase_client": Task(call("DELETE", CLIENT), Desk.offered),
    "exports.create_export": Task(call("POST", "exports", {"subject": "clients"}), Desk.offered),
    "services.add_service": Task(call("POST", "services", SERVICE)),
    "services.change_service": Task(changed("services/cut", **SERVICE)),
    "services.save_rule": Task(changed("services/cut/rule", **RULE)),
    "services.preview_rule": Task(call("POST", "services/cut/rule/preview", RULE), writes=False),
    "services.calculate_optimal": Task(
        call("POST", "services/cut/rule/calculate-optimal"), writes=False
    ),
    "staff.add_staff": Task(call("POST", "staff", MEMBER)),
    "staff.change_staff": Task(changed("staff/1", **MEMBER)),
    "company.change_settings": Task(lambda desk: desk.changes("company", _settings)),
}  # fmt: skip
