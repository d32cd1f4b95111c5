"""The one composition root: which adapter stands behind which port, for each function.

Built anew for each invocation, so that a use case sees one moment of time; what is dear to make (connections, fitted
clients) is kept per process. Imports stay inside: a function loads only what it is made of.

Long on purpose: the one composition root.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from comeback.ports import (
    Clock,
    Crms,
    Files,
    Leases,
    Limits,
    Models,
    Orchestrator,
    VisitFollowUp,
)
from comeback.runtime import settings
from comeback.runtime.aws import client
from comeback.runtime.clock import SystemClock, WorldClock
from comeback.runtime.logs import skipped
from comeback.runtime.meter import METER
from comeback.runtime.orchestrator import StepFunctions, WaitEnder
from comeback.runtime.orchestrator import fail_wait as tell_failure
from comeback.runtime.queues import SqsEvents, SqsOutbound
from comeback.runtime.remembering import RememberingStore
from comeback.runtime.secrets import CompanySecrets
from comeback.runtime.settings import from_env
from comeback.storage.keyed_vault import KeyedVault
from comeback.storage.store import DynamoStore

if TYPE_CHECKING:
    from comeback.analytics.daily_report import DailyReport
    from comeback.analytics.exports import Export
    from comeback.analytics.results import ShowResults
    from comeback.bookings.catalogue import ChangeCatalogue
    from comeback.channels.registry import Messengers
    from comeback.clients.card import ChangeClient
    from comeback.clients.crm_events import CrmChanged
    from comeback.clients.crm_records import RecordFollower
    from comeback.clients.directory import Directory
    from comeback.clients.erase import EraseClient
    from comeback.clients.search import FindClients
    from comeback.clients.sync import CrmSync, SyncTick
    from comeback.clients.visits_import import VisitsImport
    from comeback.companies.settings import ChangeSettings
    from comeback.connections.connect import Connections
    from comeback.connections.model import Wanted
    from comeback.connections.templates import Templates
    from comeback.conversations.by_hand import ByHand
    from comeback.conversations.deliver import Deliver
    from comeback.conversations.opt_out import OptOut
    from comeback.conversations.receive import Receive
    from comeback.conversations.settle_uncertain import SettleUncertain
    from comeback.reactivation.analyse import Analyse
    from comeback.reactivation.cancel import CancelJourney
    from comeback.reactivation.detect import Detect
    from comeback.reactivation.dialogue import ReactivationDialogue
    from comeback.reactivation.dry_run import DryRun
    from comeback.reactivation.empty_chairs import EmptyChairs
    from comeback.reactivation.expire import Expire
    from comeback.reactivation.find_slots import FindSlots, SlotFinder
    from comeback.reactivation.generate import Generate
    from comeback.reactivation.journey_list import JourneyList
    from comeback.reactivation.manual import ManualCampaign
    from comeback.reactivation.outlook import LookAt
    from comeback.reactivation.pause import Pause
    from comeback.reactivation.refit import Refit
    from comeback.reactivation.reserve import Reserve
    from comeback.reactivation.resume_account import ResumeAccount
    from comeback.reactivation.rule_change import RuleChange
    from comeback.reactivation.send import Send
    from comeback.reactivation.standing_today import StandingToday
    from comeback.reactivation.track import Track
    from comeback.runtime.company_letters import CompanyLetters
    from comeback.runtime.doors import RealDoors
    from comeback.runtime.secret_keeper import SecretsManagerKeeper
    from comeback.runtime.team import CognitoTeam
    from comeback.team.team import Team

EMPTY_CHAIRS_SEARCH_SECONDS = 90.0
"""In one company's book, for as many services as are looked at; the function has five minutes for all companies."""


# ── what every function may need ─────────────────────────────────────────────────────────────────


def clock() -> Clock:
    """A moment for one invocation."""
    url = from_env(settings.StageSettings).clock_url
    return WorldClock(url) if url else SystemClock()


def _wall_clock(ours: Clock) -> Clock:
    """The outside's time, where ours is the world's: simulated, and standing still."""
    return SystemClock() if isinstance(ours, WorldClock) else ours


@cache
def store() -> DynamoStore:
    METER.kept_by(_add_usage)
    own = from_env(settings.TableSettings)
    vault = KeyedVault(own.keys_table, lambda: client("kms"), own.contacts_key, METER.note)
    return RememberingStore(own.table, vault, METER.note)


def _add_usage(company_id: str, used: Mapping[str, float]) -> None:
    store().add_usage(company_id, clock().now().date(), used)


@cache
def secrets() -> CompanySecrets:
    return CompanySecrets(from_env(settings.StageSettings).stage)


def local_today(company_id: str) -> date:
    """Raises NotFound."""
    return store().company(company_id).local(clock().now()).date()


def team() -> "Team":
    from comeback.team.team import Team

    return Team(store(), _people(), clock())


def _people() -> "CognitoTeam":
    from comeback.runtime.team import CognitoTeam

    return CognitoTeam(client("cognito-idp"), from_env(settings.TeamSettings).user_pool_id)


def api_address(context: Mapping[str, Any]) -> str:
    """Of a request's context. The template can not name the API's address to a function that the API calls."""
    told = from_env(settings.ApiSettings).api_address
    if told:
        return told.replace("{api}", str(context.get("apiId", "")))
    return f"https://{context['domainName']}/{context['stage']}"


def connections(api: str) -> "Connections":
    """`api`: where it is reached from outside."""
    from secrets import token_urlsafe

    from comeback.connections.connect import Connections

    keeper, doors, events = _keeper(), _doors(), _events()
    return Connections(store(), keeper, doors, clock(), token_urlsafe, _templates(), api, events)


def whatsapp_templates() -> "Templates":
    from comeback.connections.templates import Templates

    return Templates(store(), _keeper(), _doors(), clock(), _templates())


def _keeper() -> "SecretsManagerKeeper":
    from comeback.runtime.secret_keeper import SecretsManagerKeeper

    return SecretsManagerKeeper(client("secretsmanager"), secrets())


def _doors() -> "RealDoors":
    from comeback.runtime.doors import RealDoors

    return RealDoors(
        from_env(settings.MessengerSettings),
        from_env(settings.CrmSettings),
        from_env(settings.GeminiSettings),
        _limits,
        METER.note,
    )


def _templates() -> "list[Wanted]":
    from comeback.connections.model import Wanted
    from comeback.reactivation.whatsapp_templates import TEMPLATES, registration

    return [Wanted(d.name, d.language, d.body, registration(d)) for d in TEMPLATES.values()]


def letters() -> "CompanyLetters":
    from comeback.runtime.company_letters import CompanyLetters

    own = from_env(settings.LettersSettings)
    return CompanyLetters(store(), _sqs(), client("lambda"), own, clock())


def _leases() -> Leases:
    from comeback.storage.leases import DynamoLeases

    return DynamoLeases(store())


def _limits() -> Limits:
    from comeback.storage.limits import DynamoLimits

    return DynamoLimits(store())


def _sqs() -> Any:
    return METER.counting(client("sqs"))


def _outbound() -> SqsOutbound:
    return SqsOutbound(_sqs(), lambda: from_env(settings.OutboundSettings).outbound_queue_url)


def _events() -> SqsEvents:
    return SqsEvents(_sqs(), from_env(settings.EventsSettings).events_queue_url)


def fail_wait(task_token: str, error: str) -> None:
    tell_failure(client("stepfunctions"), task_token, error)


def _wait_ender() -> Orchestrator:
    return WaitEnder(client("stepfunctions"))


def _crms(now: Clock, search_seconds: float | None = None) -> Crms:
    from comeback.crm.registry import CrmRegistry
    from comeback.storage.calendar import DynamoCalendar

    own = from_env(settings.CrmSettings)
    return CrmRegistry(
        base_url=own.yclients_base_url,
        rates=(int(own.yclients_per_second), int(own.yclients_per_minute)),
        secrets=secrets().get,
        fresh=secrets().fresh,
        limits=_limits(),
        calendar=DynamoCalendar(store()),
        store=store(),
        clock=now,
        search_seconds=search_seconds,
    )


def _models() -> Models:
    from comeback.ai.registry import GeminiModels

    own = from_env(settings.GeminiSettings)
    return GeminiModels(
        secrets().get,
        own.gemini_model,
        own.gemini_base_url,
        own.gemini_proxy_url,
        METER.note,
        secrets().fresh,
    )


def _finder(now: Clock) -> "SlotFinder":
    from comeback.reactivation.find_slots import SlotFinder

    return SlotFinder(_crms(now), _leases())


# ── conversations ────────────────────────────────────────────────────────────────────────────────


def receive() -> "Receive":
    from comeback.channels import telegram_inbound, whatsapp_inbound
    from comeback.conversations.consent import ConsentTalk
    from comeback.conversations.receive import Receive

    now = clock()
    return Receive(
        store=store(),
        outbound=_outbound(),
        orchestrator=_wait_ender(),
        dialogue=_dialogue(now),
        consent=ConsentTalk(store(), secrets().get),
        clock=now,
        parsers={
            "telegram": lambda _id, body, at: telegram_inbound.parse(dict(body), at),
            "whatsapp": lambda event_id, body, _at: whatsapp_inbound.parse(event_id, dict(body)),
        },
        skipped=skipped,
    )


def deliver() -> "Deliver":
    from comeback.conversations.deliver import Deliver
    from comeback.reactivation.receipts import Receipts

    owner, now = str(uuid4()), clock()
    return Deliver(
        store=store(),
        channels=_messengers(),
        receipts=Receipts(),
        limits=_limits(),
        outbound=_outbound(),
        orchestrator=_wait_ender(),
        clock=now,
        owner=owner,
        wall_clock=_wall_clock(now),
    )


def settle_uncertain() -> "SettleUncertain":
    from comeback.conversations.settle_uncertain import SettleUncertain
    from comeback.reactivation.receipts import Receipts

    return SettleUncertain(store(), Receipts(), _outbound(), _wait_ender(), clock())


def hide_outbound(receipt_handle: str, seconds: int) -> None:
    """For `sqs.process` on the outbound queue."""
    _outbound().hide(receipt_handle, seconds)


def _messengers() -> "Messengers":
    from comeback.channels.registry import Messengers

    own = from_env(settings.MessengerSettings)
    known = secrets()
    return Messengers(known.get, known.fresh, own.telegram_base_url, own.whatsapp_base_url)


def _dialogue(now: Clock) -> "ReactivationDialogue":
    from comeback.reactivation.dialogue import ReactivationDialogue

    return ReactivationDialogue(store(), _finder(now), _crms(now), _models(), now)


# ── reactivation ─────────────────────────────────────────────────────────────────────────────────


def detect() -> "Detect":
    from comeback.reactivation.detect import Detect

    return Detect(store(), _limits(), _starter(), clock())


def empty_chairs() -> "EmptyChairs":
    from comeback.conversations import owner
    from comeback.reactivation.empty_chairs import EmptyChairs

    now = clock()
    return EmptyChairs(
        store=store(),
        crms=_crms(now, EMPTY_CHAIRS_SEARCH_SECONDS),
        limits=_limits(),
        leases=_leases(),
        orchestrator=_starter(),
        outbound=_outbound(),
        tell=owner.empty_chairs,
        clock=now,
    )


def _starter() -> Orchestrator:
    own = from_env(settings.CampaignSettings)
    stepfunctions = client("stepfunctions")
    return StepFunctions(stepfunctions, client("s3"), own.bucket, own.campaign_machine_arn)


def analyse() -> "Analyse":
    from comeback.reactivation.analyse import Analyse

    return Analyse(store(), clock())


def reserve() -> "Reserve":
    from comeback.reactivation.reserve import Reserve

    return Reserve(store(), _limits(), clock())


def find_slots() -> "FindSlots":
    from comeback.reactivation.find_slots import FindSlots

    now = clock()
    return FindSlots(store(), _finder(now), now)


def generate() -> "Generate":
    from comeback.reactivation.generate import Generate

    return Generate(store(), _models(), clock())


def send() -> "Send":
    from comeback.reactivation.send import Send

    return Send(store(), _leases(), _outbound(), _wait_ender(), clock())


def track() -> "Track":
    from comeback.reactivation.track import Track

    return Track(store(), _leases(), clock())


def expire() -> "Expire":
    from comeback.reactivation.expire import Expire

    return Expire(store(), _wait_ender(), clock())


def refit() -> "Refit":
    from comeback.reactivation.refit import Refit

    return Refit(store(), _models(), clock())


# ── a person at the wheel ────────────────────────────────────────────────────────────────────────


def dry_run() -> "DryRun":
    from comeback.reactivation.dry_run import DryRun

    now = clock()
    return DryRun(store(), _limits(), _leases(), _crms(now), _models(), now)


def journey_list() -> "JourneyList":
    from comeback.reactivation.journey_list import JourneyList

    return JourneyList(store())


def standing_today() -> "StandingToday":
    from comeback.conversations.doubt import may_resolve_itself_until
    from comeback.reactivation.standing_today import StandingToday

    return StandingToday(store(), _limits(), clock(), may_resolve_itself_until)


def manual_campaign() -> "ManualCampaign":
    from comeback.reactivation.manual import ManualCampaign

    return ManualCampaign(store(), _starter(), clock())


def cancel_journey() -> "CancelJourney":
    from comeback.reactivation.cancel import CancelJourney

    return CancelJourney(store(), _leases(), _wait_ender(), clock())


def pause() -> "Pause":
    from comeback.reactivation.pause import Pause

    return Pause(store(), clock())


def resume_account() -> "ResumeAccount":
    from comeback.reactivation.resume_account import ResumeAccount

    return ResumeAccount(store(), clock())


def by_hand() -> "ByHand":
    from comeback.conversations.by_hand import ByHand

    return ByHand(store(), _outbound(), clock())


def as_stored(company_id: str) -> DynamoStore:
    """For who edits a company, its services or rules: nothing is shown from memory, which another process may have outdated."""
    known = store()
    if isinstance(known, RememberingStore):
        known.forget(company_id)
    return known


def change_settings() -> "ChangeSettings":
    from comeback.companies.settings import ChangeSettings

    return ChangeSettings(store(), clock())


def change_catalogue() -> "ChangeCatalogue":
    from comeback.bookings.catalogue import ChangeCatalogue

    return ChangeCatalogue(store(), clock())


def rule_change(seconds_left: Callable[[], float]) -> "RuleChange":
    """`seconds_left` of this run: before they are over, what is left to date goes to the events queue."""
    from comeback.reactivation.rule_change import RuleChange

    return RuleChange(store(), _events(), clock(), seconds_left)


# ── analytics ────────────────────────────────────────────────────────────────────────────────────


def daily_report() -> "DailyReport":
    from comeback.analytics.chart import chart
    from comeback.analytics.daily_report import DailyReport
    from comeback.reactivation.trials import SettleTrials

    now = clock()
    settle = SettleTrials(store(), now).company
    return DailyReport(store(), _limits(), _outbound(), now, chart, settle)


# ── clients, as the team sees them ───────────────────────────────────────────────────────────────


def find_clients() -> "FindClients":
    from comeback.clients.search import FindClients

    return FindClients(store())


def look_at() -> "LookAt":
    from comeback.reactivation.outlook import LookAt

    return LookAt(store(), clock())


def change_client() -> "ChangeClient":
    from comeback.clients.card import ChangeClient

    return ChangeClient(store(), clock())


def opt_out() -> "OptOut":
    from comeback.conversations.opt_out import OptOut
    from comeback.reactivation.receipts import Receipts

    return OptOut(store(), Receipts(), _wait_ender(), clock())


def erase_client() -> "EraseClient":
    from comeback.clients.erase import EraseClient

    return EraseClient(store(), clock())


def export() -> "Export":
    from comeback.analytics.exports import Export

    return Export(store(), _files(), clock())


def _files() -> Files:
    from comeback.runtime.files import BucketFiles

    return BucketFiles(client("s3"), from_env(settings.BucketSettings).bucket)


def results() -> "ShowResults":
    from comeback.analytics.results import ShowResults
    from comeback.reactivation.bandit import BOOKED
    from comeback.reactivation.timing import best_times

    return ShowResults(store(), lambda tallies: best_times(tallies, default=BOOKED.mean))


# ── imports ──────────────────────────────────────────────────────────────────────────────────────


def crm_changed() -> "CrmChanged":
    from comeback.clients.catalogue import CatalogueSync
    from comeback.clients.crm_events import CrmChanged

    now = clock()
    crms, directory = _crms(now), _directory(now)
    catalogue = CatalogueSync(store(), crms)
    return CrmChanged(store(), crms, directory, _records(now), catalogue)


def crm_tick() -> "SyncTick":
    from comeback.clients.sync import SyncTick

    return SyncTick(store(), _events(), clock())


def crm_sync(seconds_left: Callable[[], float]) -> "CrmSync":
    """`seconds_left` of this run: before they are over, the sync leaves the rest to the next."""
    from comeback.clients.catalogue import CatalogueSync
    from comeback.clients.sync import CrmSync

    now = clock()
    crms = _crms(now)
    return CrmSync(
        store=store(),
        crms=crms,
        directory=_directory(now),
        records=_records(now),
        catalogue=CatalogueSync(store(), crms),
        follow_up=_follow_up(now),
        events=_events(),
        clock=now,
        deadline=seconds_left,
    )


def visits_import() -> "VisitsImport":
    from comeback.clients.visits_import import VisitsImport

    now = clock()
    return VisitsImport(store(), _follow_up(now), now)


def _directory(now: Clock) -> "Directory":
    from comeback.clients.directory import Directory

    return Directory(store(), now)


def _records(now: Clock) -> "RecordFollower":
    from comeback.clients.crm_records import RecordFollower

    return RecordFollower(
        store=store(),
        crms=_crms(now),
        directory=_directory(now),
        follow_up=_follow_up(now),
        outbound=_outbound(),
        orchestrator=_wait_ender(),
        clock=now,
    )


def _follow_up(now: Clock) -> VisitFollowUp:
    from comeback.reactivation.due import DueDates

    return DueDates(store(), now)
