"""Moves the deployed functions into this process: their settings, with copies of what they work on, and AWS clients that
call where a test says."""

import contextlib
from collections.abc import Iterator, Mapping

import botocore.endpoint
import pytest
from cloud import stack
from comeback.runtime import aws, wiring

from tests.e2e.beside import beside
from tests.e2e.hooks import hooks
from tests.e2e.indoors import Indoors

RATES = "/world/yclients/tuning"
UNLIMITED = {"YCLIENTS_PER_SECOND": "1000", "YCLIENTS_PER_MINUTE": "60000"}
"""YCLIENTS' rates are real time's, of which no two runs take as much: one would be told to wait where another is not."""
S3_SECONDS = 1
"""How long we wait for S3's lost answer: it has no body that could end in the middle, so nothing comes at all."""


@contextlib.contextmanager
def moved_in(deployed: Mapping[str, str], aws_url: str) -> Iterator[Indoors]:
    """`aws_url`: where the functions' own AWS clients call, and nobody else's."""
    outputs = {**deployed, **beside(deployed)}
    with hooks() as listening, pytest.MonkeyPatch.context() as patch:
        for name, value in {**_settings(deployed), **_own_settings(outputs)}.items():
            patch.setenv(name, value)
        patch.setenv("API_ADDRESS", listening.url)
        patch.setitem(aws.READ_SECONDS, "s3", S3_SECONDS)
        patch.setattr(botocore.endpoint, "time", _Impatient)
        _forget()
        home = Indoors(outputs, listening)
        patch.setenv("AWS_ENDPOINT_URL", aws_url)
        home.call(RATES, {"limits": False})
        try:
            yield home
        finally:
            home.call(RATES, {"limits": True})
            _forget()


class _Impatient:
    """The SDK's pauses between its tries."""

    @staticmethod
    def sleep(_seconds: float) -> None:
        return


def _forget() -> None:
    """Clients made for another address."""
    for module in (wiring, aws):
        for made in vars(module).values():
            if hasattr(made, "cache_clear"):
                made.cache_clear()


def _settings(deployed: Mapping[str, str]) -> dict[str, str]:
    """Of all functions together, as the template gives them."""
    lambdas = stack.client("lambda")
    found: dict[str, str] = {}
    for name, function in deployed.items():
        if name.endswith("Function"):
            told = lambdas.get_function_configuration(FunctionName=function)
            found |= told.get("Environment", {}).get("Variables", {})
    return found


def _own_settings(outputs: Mapping[str, str]) -> dict[str, str]:
    return {
        "TABLE": outputs["TableName"],
        "INBOUND_QUEUE_URL": outputs["InboundQueueUrl"],
        "OUTBOUND_QUEUE_URL": outputs["OutboundQueueUrl"],
        "EVENTS_QUEUE_URL": outputs["EventsQueueUrl"],
        "EVENTS_DEAD_LETTERS_URL": outputs["EventsDeadLettersUrl"],
        "CAMPAIGN_MACHINE_ARN": outputs["CampaignMachineArn"],
        "BUCKET": outputs["BucketName"],
        **UNLIMITED,
    }
