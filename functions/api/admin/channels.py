"""Messengers, the book and the model: connected step by step, each step a call of the real service."""

from typing import Any

from api.admin.caller import Role
from api.admin.resource import Asked, Resource
from api.admin.wire.channels import (
    Channel,
    ChannelList,
    CheckReport,
    GeminiBody,
    StepView,
    TelegramBody,
    WhatsAppBody,
    YclientsBody,
)
from comeback.connections.connect import Asker, Connections
from comeback.connections.model import Connection, Report
from comeback.errors import NotFound
from comeback.runtime import wiring
from comeback.texts import text
from msgspec.structs import asdict

channels = Resource("channels")


@channels.get("/channels", answers=ChannelList)
def list_channels(asked: Asked[None]) -> ChannelList:
    """What is connected, and what the last check of each found."""
    found = _connections().states(asked.company_id)
    shown = [Channel(s.kind, s.connected, dict(s.shown), s.checked_at, s.failed) for s in found]
    return ChannelList(shown)


@channels.post(
    "/channels/telegram/connect", body=TelegramBody, answers=CheckReport, role=Role.OWNER
)
def connect_telegram(asked: Asked[TelegramBody]) -> CheckReport:
    """Asks the bot who it is, keeps the token, points the bot at us and looks whether it does."""
    return _connected(asked, Connection.TELEGRAM, asdict(asked.body))


@channels.post(
    "/channels/whatsapp/connect", body=WhatsAppBody, answers=CheckReport, role=Role.OWNER
)
def connect_whatsapp(asked: Asked[WhatsAppBody]) -> CheckReport:
    """Asks for the number, proves the app's secret, counts the templates, keeps the values and points the account at us."""
    return _connected(asked, Connection.WHATSAPP, asdict(asked.body))


@channels.post(
    "/channels/yclients/connect", body=YclientsBody, answers=CheckReport, role=Role.OWNER
)
def connect_yclients(asked: Asked[YclientsBody]) -> CheckReport:
    """Asks for the company, its services and clients, keeps the tokens and asks to be told of changes."""
    values = asdict(asked.body)
    number = values.pop("crm_company_id")
    return _connected(asked, Connection.YCLIENTS, values, number)


@channels.post("/channels/gemini/connect", body=GeminiBody, answers=CheckReport, role=Role.OWNER)
def connect_gemini(asked: Asked[GeminiBody]) -> CheckReport:
    """Asks the model one small question, then keeps the key."""
    return _connected(asked, Connection.GEMINI, asdict(asked.body))


@channels.post("/channels/{channel}/check", answers=CheckReport)
def check(asked: Asked[None]) -> CheckReport:
    """Asks the service whether all is well; changes nothing."""
    return _shown(_connections().check(asked.company_id, _kind(asked)), asked)


@channels.post("/channels/{channel}/renew", answers=CheckReport, role=Role.OWNER)
def renew(asked: Asked[None]) -> CheckReport:
    """A new secret for the calls that come to us; the old one is taken for a day. For after a leak."""
    return _shown(_connections().renew(_asker(asked), _kind(asked)), asked)


@channels.delete("/channels/{channel}", role=Role.OWNER)
def disconnect(asked: Asked[None]) -> None:
    """Forgets a connection's secrets."""
    _connections().disconnect(_asker(asked), _kind(asked))


def _connections() -> Connections:
    request = channels.current_request
    return wiring.connections(wiring.api_address(request.context))


def _connected(
    asked: Asked[Any], kind: Connection, given: dict[str, str], number: str = ""
) -> CheckReport:
    return _shown(_connections().connect(_asker(asked), kind, given, number), asked)


def _asker(asked: Asked[Any]) -> Asker:
    return Asker(asked.company_id, asked.caller.user_id)


def _kind(asked: Asked[Any]) -> Connection:
    if asked.path["channel"] not in set(Connection):
        raise NotFound("no such channel")
    return Connection(asked.path["channel"])


def _shown(report: Report, asked: Asked[Any]) -> CheckReport:
    language = asked.caller.language
    steps = [
        StepView(s.name, s.ok, dict(s.told), text(language, s.problem), text(language, s.remedy))
        for s in report.steps
    ]
    return CheckReport(report.kind, report.connected, steps)
