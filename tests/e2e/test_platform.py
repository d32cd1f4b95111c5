"""The deployment itself: doors, rights, queues and state machines, before any client is written to."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from demo.driver import Driver

Clients = Callable[[str], Any]
RoleClients = Callable[[str, str], Any]


def refused(call: Callable[..., Any], **arguments: Any) -> bool:
    with pytest.raises(ClientError) as error:
        call(**arguments)
    return error.value.response["Error"]["Code"] in ("AccessDenied", "AccessDeniedException")


def test_forged_webhooks_are_refused_and_nothing_is_enqueued(
    api: httpx.Client, driver: Driver, company_id: str
) -> None:
    driver.secret(company_id, {"telegram_webhook_secret": "known to Telegram alone"})
    update = {"update_id": 1, "message": {"chat": {"id": 5}}}
    forged = {"X-Telegram-Bot-Api-Secret-Token": "guessed"}
    assert (
        api.post(f"/webhooks/telegram/{company_id}", json=update, headers=forged).status_code == 404
    )
    signed = {"X-Hub-Signature-256": "sha256=" + "0" * 64}
    assert api.post(f"/webhooks/whatsapp/{company_id}", json={}, headers=signed).status_code == 404
    assert api.post(f"/webhooks/crm/{company_id}/guessed", json={}).status_code == 404
    assert api.post("/webhooks/telegram/nobody", json=update, headers=forged).status_code == 404
    assert not any(driver.depths().values())


def test_roles_hold_what_their_function_needs_and_no_more(
    acting_as: RoleClients, deployed: Mapping[str, str]
) -> None:
    table = {"TableName": deployed["TableName"]}
    assert refused(acting_as("Analyse", "dynamodb").scan, **table)
    key = {"PK": {"S": "CO#x"}, "SK": {"S": "x"}}
    assert refused(acting_as("TelegramWebhook", "dynamodb").get_item, **table, Key=key)
    assert "Item" not in acting_as("Analyse", "dynamodb").get_item(**table, Key=key)
    assert refused(acting_as("SessionApi", "dynamodb").put_item, **table, Item=key)
    assert refused(acting_as("AdminApi", "dynamodb").scan, **table)
    queue = {"QueueUrl": deployed["OutboundQueueUrl"], "MessageBody": "{}"}
    fifo = {"MessageGroupId": "g", "MessageDeduplicationId": "d"}
    assert refused(acting_as("TelegramWebhook", "sqs").send_message, **queue, **fifo)
    assert refused(
        acting_as("Deliver", "secretsmanager").get_secret_value, SecretId="another/secret"
    )
    machine = {"stateMachineArn": deployed["CampaignMachineArn"], "input": "{}"}
    assert refused(acting_as("Analyse", "stepfunctions").start_execution, **machine)


def test_a_campaign_started_twice_starts_each_journey_once(
    aws: Clients, deployed: Mapping[str, str], company_id: str
) -> None:
    """The journeys themselves end at once: the client does not exist, so Analyse fails and Track has nothing to end."""
    name = f"{company_id}-journey"
    item = {
        "company_id": company_id,
        "client_id": "nobody",
        "service_id": "cut",
        "journey_id": "j1",
    }
    key = f"campaigns/{company_id}/2026-03-02.json"
    body = json.dumps([{**item, "campaign_on": "2026-03-02", "name": name}]).encode()
    aws("s3").put_object(Bucket=deployed["BucketName"], Key=key, Body=body)
    state = {"company_id": company_id, "campaign_on": "2026-03-02"}
    state |= {"bucket": deployed["BucketName"], "key": key}
    for attempt in ("first", "second"):
        started = aws("stepfunctions").start_execution(
            stateMachineArn=deployed["CampaignMachineArn"],
            name=f"{company_id}-{attempt}",
            input=json.dumps(state),
        )
        assert ended(aws, started["executionArn"]) == "SUCCEEDED"
    journeys = aws("stepfunctions").list_executions(stateMachineArn=deployed["JourneyMachineArn"])
    assert [e["name"] for e in journeys["executions"]].count(name) == 1


def ended(aws: Clients, execution: str, seconds: float = 60.0) -> str:
    deadline = time.monotonic() + seconds
    status = "RUNNING"
    while status == "RUNNING" and time.monotonic() < deadline:
        time.sleep(0.1)
        status = aws("stepfunctions").describe_execution(executionArn=execution)["status"]
    return status


def test_a_failed_send_is_told_to_the_waiting_journey(
    aws: Clients, driver: Driver, deployed: Mapping[str, str], company_id: str
) -> None:
    """A task that waits for its token hears of an error by the token alone on the local cloud."""
    journey = {"company_id": company_id, "client_id": "nobody", "service_id": "cut"}
    journey |= {"journey_id": "j1", "campaign_on": "2026-03-02"}
    real = aws("stepfunctions").describe_state_machine(
        stateMachineArn=deployed["JourneyMachineArn"]
    )
    started = aws("stepfunctions").create_state_machine(
        name=f"{company_id}-send-alone",
        roleArn=real["roleArn"],
        definition=json.dumps(
            {
                "StartAt": "Send",
                "States": {
                    "Send": {
                        "Type": "Task",
                        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                        "TimeoutSeconds": 60,
                        "Parameters": {
                            "FunctionName": deployed["SendFunction"],
                            "Payload": {"state.$": "$", "task_token.$": "$$.Task.Token"},
                        },
                        "End": True,
                    }
                },
            }
        ),
    )
    execution = aws("stepfunctions").start_execution(
        stateMachineArn=started["stateMachineArn"], input=json.dumps(journey)
    )["executionArn"]
    assert ended(aws, execution, seconds=30) == "FAILED"
    assert aws("stepfunctions").describe_execution(executionArn=execution)["error"] == "Failed"
