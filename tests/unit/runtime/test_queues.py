"""The outbound queue's messages in flight, hidden for a while: what SQS is asked, and what its refusal means."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.stub import Stubber
from comeback.errors import Unavailable
from comeback.runtime.queues import SqsOutbound

URL = "https://sqs.us-east-1.amazonaws.com/1/outbound.fifo"


@pytest.fixture
def sqs() -> Iterator[Stubber]:
    client = boto3.client(
        "sqs",
        region_name="us-east-1",
        aws_access_key_id="made-up",
        aws_secret_access_key="made-up",
    )
    with Stubber(client) as stubbed:
        yield stubbed


def test_hiding_sets_the_visibility(sqs: Stubber) -> None:
    asked = {"QueueUrl": URL, "ReceiptHandle": "r1", "VisibilityTimeout": 2}
    sqs.add_response("change_message_visibility", {}, asked)
    SqsOutbound(sqs.client, lambda: URL).hide("r1", 2)
    sqs.assert_no_pending_responses()


def test_a_refusal_is_told_as_our_own_error(sqs: Stubber) -> None:
    sqs.add_client_error("change_message_visibility", "MessageNotInflight")
    with pytest.raises(Unavailable):
        SqsOutbound(sqs.client, lambda: URL).hide("r1", 2)
