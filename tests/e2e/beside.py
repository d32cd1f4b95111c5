"""What is deployed beside the deployment, for functions that run in the test's own process: copies that no deployed one reads."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import yaml
from cloud import places, stack

MACHINES = places.ROOT / "infra" / "statemachines"
COPIED = ("FifoQueue", "DeduplicationScope", "FifoThroughputLimit", "VisibilityTimeout")


def beside(deployed: Mapping[str, str]) -> dict[str, str]:
    """Copies of the deployed table, queues and state machines, which no deployed function reads."""
    serial = uuid4().hex[:8]
    sqs = stack.client("sqs")
    made = {"TableName": _table(deployed["TableName"], f"indoors-{serial}")}
    for name in ("EventsQueueUrl", "InboundQueueUrl", "OutboundQueueUrl"):
        made[name], made["VisibilitySeconds"] = _queue(sqs, deployed[name], f"{name}-{serial}")
    made["EventsDeadLettersUrl"], _ = _queue(
        sqs, deployed["EventsDeadLettersUrl"], f"EventsDeadLetters-{serial}"
    )
    made["BucketName"] = _bucket(f"indoors-{serial}")
    made["WorkQueueUrl"] = sqs.create_queue(QueueName=f"work-{serial}")["QueueUrl"]
    return made | _machines(made["WorkQueueUrl"], serial)


def _table(deployed: str, name: str) -> str:
    dynamodb = stack.client("dynamodb")
    found = dynamodb.describe_table(TableName=deployed)["Table"]
    indexes = [
        {key: index[key] for key in ("IndexName", "KeySchema", "Projection")}
        for index in found["GlobalSecondaryIndexes"]
    ]
    dynamodb.create_table(
        TableName=name,
        KeySchema=found["KeySchema"],
        AttributeDefinitions=found["AttributeDefinitions"],
        GlobalSecondaryIndexes=indexes,
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def _queue(sqs: Any, deployed: str, name: str) -> tuple[str, str]:
    """Its address, and its visibility time-out in seconds."""
    found = sqs.get_queue_attributes(QueueUrl=deployed, AttributeNames=["All"])["Attributes"]
    kept = {key: found[key] for key in COPIED if key in found}
    name = f"{name}.fifo" if "FifoQueue" in kept else name
    return sqs.create_queue(QueueName=name, Attributes=kept)["QueueUrl"], found["VisibilityTimeout"]


def _bucket(name: str) -> str:
    """Which tells no function of what is put into it."""
    stack.client("s3").create_bucket(Bucket=name)
    return name


def _machines(work_queue: str, serial: str) -> dict[str, str]:
    """The state machines as they are written, but their functions are called through a queue, with a token."""
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    role = _role(f"indoors-{serial}", everything)
    sfn = stack.client("stepfunctions")
    journey = _definition("journey")
    for name, state in journey["States"].items():
        if "lambda:invoke" in state.get("Resource", ""):
            journey["States"][name] = _by_queue(state, work_queue)
    arn = sfn.create_state_machine(
        name=f"journey-{serial}", definition=json.dumps(journey), roleArn=role
    )["stateMachineArn"]
    campaign = json.dumps(_definition("campaign")).replace("${JourneyMachineArn}", arn)
    return {
        "JourneyMachineArn": arn,
        "CampaignMachineArn": sfn.create_state_machine(
            name=f"campaign-{serial}", definition=campaign, roleArn=role
        )["stateMachineArn"],
    }


def _definition(name: str) -> dict[str, Any]:
    text = (MACHINES / f"{name}.asl.yaml").read_text()
    found: dict[str, Any] = yaml.safe_load(text.replace("${AnswerBackstopSeconds}", "600"))
    return found


def _by_queue(state: Mapping[str, Any], queue_url: str) -> dict[str, Any]:
    given = state["Parameters"]
    payload = (
        {"payload.$": given["Payload.$"]} if "Payload.$" in given else {"payload": given["Payload"]}
    )
    message = {
        "function": given["FunctionName"].removeprefix("${").removesuffix("Arn}"),
        "token.$": "$$.Task.Token",
        "answers_itself": state["Resource"].endswith("waitForTaskToken"),
        **payload,
    }
    resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
    parameters = {"QueueUrl": queue_url, "MessageBody": message}
    return {**state, "Resource": resource, "Parameters": parameters}


def _role(name: str, statement: Mapping[str, Any]) -> str:
    iam = stack.client("iam")
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "states.amazonaws.com"},
    }
    version = {"Version": "2012-10-17"}
    role = iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps({**version, "Statement": [trust]})
    )
    document = json.dumps({**version, "Statement": [statement]})
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=document)
    return str(role["Role"]["Arn"])
