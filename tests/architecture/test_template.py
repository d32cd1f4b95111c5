"""What linters of CloudFormation do not catch."""

import json
import re
from typing import Any

import pytest

from tests.architecture.template import (
    QUEUE,
    ROOT,
    functions,
    handler_file,
    listed,
    resources,
    statements,
    template,
)

FUNCTIONS = functions()
API_SECONDS = 29
"""API Gateway waits no longer: a function that does is paid for and heard by nobody."""
WORST_FUNCTIONS_PER_QUEUE = 6
"""Visibility time-out over the consumer's time-out, as AWS advises."""
ASKED, ASYNCHRONOUS = ("Api", "SQS"), ("ScheduleV2", "S3")
"""How functions are invoked; steps by their state machine, which waits. Lambda repeats what is asynchronous, then drops it."""
LEAST_WORDS = 6
WITH_AI = {"Receive", "Generate", "Refit", "AdminApi"}
WITH_FILES = {"Report"}
SESSION = ("sign-in", "answer", "refresh", "sign-out")


def queue_of(reference: Any) -> str:
    return str(reference["Fn::GetAtt"]).partition(".")[0]


def sources() -> list[tuple[str, str, dict[str, Any]]]:
    """(function, queue, event source)."""
    return [
        (name, queue_of(event["Properties"]["Queue"]), event["Properties"])
        for name, function in FUNCTIONS.items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "SQS"
    ]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_handler_exists(name: str) -> None:
    file = handler_file(FUNCTIONS[name])
    assert file.exists(), f"{name}: {file} is missing"
    attribute = FUNCTIONS[name]["Handler"].rpartition(".")[2]
    assert re.search(rf"^(def {attribute}\(|{attribute}\b.*=)", file.read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_nobody_may_scan(name: str) -> None:
    """Nor ask in PartiQL, which scans where it likes."""
    actions = {action for s in statements(FUNCTIONS[name]) for action in listed(s["Action"])}
    assert {a for a in actions if "Scan" in a or "PartiQL" in a} == set()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_settings_and_rights_go_together(name: str) -> None:
    """A function that is told of a queue, the table or the bucket may use it, and the other way round."""
    function = FUNCTIONS[name]
    variables = function["Environment"]["Variables"]
    granted = json.dumps(statements(function))
    for variable, right in (
        ("TABLE", "dynamodb:"),
        ("KEYS_TABLE", "KeysTable.Arn"),
        ("CONTACTS_KEY", "kms:Decrypt"),
        ("INBOUND_QUEUE_URL", "InboundQueue.Arn"),
        ("OUTBOUND_QUEUE_URL", "OutboundQueue.Arn"),
        ("EVENTS_QUEUE_URL", "EventsQueue.Arn"),
        ("BUCKET", "s3:"),
        ("CAMPAIGN_MACHINE_ARN", "states:StartExecution"),
        ("VISITS_FILE_FUNCTION", "lambda:InvokeFunction"),
    ):
        assert (variable in variables) == (right in granted), f"{name}: {variable} against {right}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_heavy_layers_are_loaded_where_they_are_used(name: str) -> None:
    layers = [layer["Ref"] for layer in FUNCTIONS[name]["Layers"]]
    heavy = ["AiLayer"] * (name in WITH_AI) + ["FilesLayer"] * (name in WITH_FILES)
    assert layers == ["CoreLayer", *heavy]
    assert ("GEMINI_MODEL" in FUNCTIONS[name]["Environment"]["Variables"]) == (name in WITH_AI)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_logs_are_kept_for_a_set_time(name: str) -> None:
    group = FUNCTIONS[name]["LoggingConfig"]["LogGroup"]["Ref"]
    assert group == f"{name}Log"
    assert group in resources("AWS::Logs::LogGroup")


@pytest.mark.parametrize("group", resources("AWS::Logs::LogGroup"))
def test_no_log_is_kept_for_ever(group: str) -> None:
    assert resources("AWS::Logs::LogGroup")[group]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_asynchronous_functions_leave_nothing_behind(name: str) -> None:
    """What Lambda gives up, and what the schedule could not hand to Lambda, lies in a queue with an alarm."""
    events = FUNCTIONS[name].get("Events", {}).values()
    assert {e["Type"] for e in events} <= {*ASKED, *ASYNCHRONOUS}, "say how it is invoked"
    if not {e["Type"] for e in events} & set(ASYNCHRONOUS):
        return
    function = FUNCTIONS[name]
    left = [function["DeadLetterQueue"]["TargetArn"]]
    for event in events:
        if event["Type"] == "ScheduleV2":
            left.append(event["Properties"]["DeadLetterConfig"]["Arn"])
            assert event["Properties"]["State"] == {"Ref": "Schedules"}
    for queue in map(queue_of, left):
        assert f"{queue}Alarm" in resources("AWS::CloudWatch::Alarm")
    assert "MaximumRetryAttempts" in function["EventInvokeConfig"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_who_stands_behind_the_api_answers_before_it_gives_up(name: str) -> None:
    kinds = {event["Type"] for event in FUNCTIONS[name].get("Events", {}).values()}
    assert FUNCTIONS[name]["Timeout"] < API_SECONDS or "Api" not in kinds


@pytest.mark.parametrize(("name", "queue", "source"), sources())
def test_a_message_stays_invisible_while_it_is_handled(
    name: str, queue: str, source: dict[str, Any]
) -> None:
    visible_after = resources(QUEUE)[queue]["VisibilityTimeout"]
    assert visible_after >= WORST_FUNCTIONS_PER_QUEUE * FUNCTIONS[name]["Timeout"]
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["ScalingConfig"]["MaximumConcurrency"]


def test_who_hides_messages_may() -> None:
    """Its handler passes `hide` to sqs.process."""
    actions = [
        action
        for statement in statements(FUNCTIONS["Deliver"])
        if statement["Resource"] == {"Fn::GetAtt": "OutboundQueue.Arn"}
        for action in listed(statement["Action"])
    ]
    hides = [n for n, f in FUNCTIONS.items() if "hide" in handler_file(f).read_text()]
    assert hides == ["Deliver"]
    assert sorted(actions) == ["sqs:ChangeMessageVisibility", "sqs:SendMessage"]


@pytest.mark.parametrize("queue", [q for q in resources(QUEUE) if "DeadLetters" not in q])
def test_every_queue_has_dead_letters_of_its_kind(queue: str) -> None:
    own = resources(QUEUE)[queue]
    dead = queue_of(own["RedrivePolicy"]["deadLetterTargetArn"])
    assert resources(QUEUE)[dead].get("FifoQueue") == own.get("FifoQueue")
    assert own["SqsManagedSseEnabled"]
    assert own["MessageRetentionPeriod"] < resources(QUEUE)[dead]["MessageRetentionPeriod"]


@pytest.mark.parametrize("dead", [q for q in resources(QUEUE) if "DeadLetters" in q])
def test_dead_letters_raise_an_alarm(dead: str) -> None:
    alarm = json.dumps(resources("AWS::CloudWatch::Alarm")[f"{dead}Alarm"])
    assert f"{dead}.QueueName" in alarm
    assert "ApproximateNumberOfMessagesVisible" in alarm


def test_errors_of_every_function_raise_an_alarm() -> None:
    alarms = resources("AWS::CloudWatch::Alarm")
    watched = json.dumps([a for name, a in alarms.items() if name.endswith("ErrorsAlarm")])
    assert [name for name in FUNCTIONS if f'{{"Ref": "{name}"}}' not in watched] == []


def test_routes() -> None:
    """The API's whole surface. A new route is written here on purpose."""
    routes = {
        (event["Properties"]["Method"].upper(), event["Properties"]["Path"], name)
        for name, function in FUNCTIONS.items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "Api"
    }
    webhooks = {
        ("POST", "/webhooks/telegram/{company}", "TelegramWebhook"),
        ("GET", "/webhooks/whatsapp/{company}", "WhatsappWebhook"),
        ("POST", "/webhooks/whatsapp/{company}", "WhatsappWebhook"),
        ("POST", "/webhooks/crm/{company}/{secret}", "CrmWebhook"),
    }
    session = {("POST", f"/session/{step}", "SessionApi") for step in SESSION}
    assert {route for route in routes if route[2] != "AdminApi"} == webhooks | session


def test_admin_routes_need_a_token_of_the_team() -> None:
    for event in FUNCTIONS["AdminApi"]["Events"].values():
        assert event["Properties"]["Auth"]["Authorizer"] == "Users"


def test_nobody_signs_up_and_no_user_writes_company_or_role() -> None:
    (pool,) = resources("AWS::Cognito::UserPool").values()
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"]
    (client,) = resources("AWS::Cognito::UserPoolClient").values()
    assert not {"custom:company", "custom:role", "email"} & set(client["WriteAttributes"])
    assert not {flow for flow in client["ExplicitAuthFlows"] if flow == "ALLOW_USER_PASSWORD_AUTH"}
    assert client["PreventUserExistenceErrors"] == "ENABLED"


def test_data_is_protected() -> None:
    table = template()["Resources"]["Table"]
    assert table["DeletionPolicy"] == "Retain"
    properties = table["Properties"]
    assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
    assert properties["SSESpecification"]["SSEEnabled"]
    assert properties["TimeToLiveSpecification"]["AttributeName"] == "expires_at"


def test_keys_of_contacts_are_made_by_those_alone_who_write() -> None:
    """Company keys by the administrator's command alone; a secret is never deleted: an erased client's becomes a tombstone."""
    for name, function in FUNCTIONS.items():
        granted = {
            json.dumps(listed(s["Resource"])): set(listed(s["Action"]))
            for s in statements(function)
            if "KeysTable" in json.dumps(s["Resource"]) and "PutItem" in json.dumps(s["Action"])
        }
        actions = [a for s in statements(function) for a in listed(s["Action"])]
        assert [a for a in actions if a.startswith("kms:")] in ([], ["kms:Decrypt"]), name
        of_table = [s for s in statements(function) if '"Table.Arn"' in json.dumps(s["Resource"])]
        writes = "dynamodb:PutItem" in json.dumps(of_table)
        assert bool(granted) == writes, name
        assert all(found == {"dynamodb:PutItem"} for found in granted.values()), name


def test_the_keys_of_contacts_are_protected_and_forgotten() -> None:
    """Kept when the stack goes; but no copy of an erased client's secret lives longer than a day, nor flows through a stream."""
    table, key = (template()["Resources"][name] for name in ("KeysTable", "ContactsKey"))
    assert table["DeletionPolicy"] == key["DeletionPolicy"] == "Retain"
    assert key["Properties"]["EnableKeyRotation"]
    properties = table["Properties"]
    assert properties["SSESpecification"]["SSEEnabled"]
    assert properties["DeletionProtectionEnabled"]
    assert properties["PointInTimeRecoverySpecification"]["RecoveryPeriodInDays"] == 1
    assert "StreamSpecification" not in properties


def test_linters_are_declined_where_it_is_and_with_a_reason() -> None:
    """By a resource, never for all: no settings of theirs, and none given on their way."""
    assert [*ROOT.glob(".cfnlintrc*"), *ROOT.glob(".checkov*")] == []
    lint = (ROOT / "Makefile").read_text()
    assert [o for o in ("--skip-check", "--soft-fail", "--ignore-checks") if o in lint] == []
    for name, resource in template()["Resources"].items():
        for skipped in resource.get("Metadata", {}).get("checkov", {}).get("skip", []):
            assert len(skipped["comment"].split()) >= LEAST_WORDS, f"{name}: {skipped['id']}"


def test_simulation_is_off_unless_asked_for() -> None:
    defaults = {name: p.get("Default") for name, p in template()["Parameters"].items()}
    assert defaults["ClockUrl"] == ""
    assert defaults["Schedules"] == "ENABLED"
    assert defaults["DeletionProtection"] == "true"
