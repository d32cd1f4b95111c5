"""Step Functions behind the Orchestrator port."""

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from comeback.errors import Unavailable
from comeback.ports import JourneyStart
from comeback.reactivation.model import Outcome
from comeback.reactivation.naming import (
    campaign_day,
    campaign_name,
    journey_execution_name,
)

ANSWERED_BEFORE = ("TaskTimedOut", "InvalidToken", "TaskDoesNotExist")
"""The wait ended before: by an earlier copy of this answer, by silence, or because the execution was stopped."""


class StepFunctions:
    def __init__(self, stepfunctions: Any, s3: Any, bucket: str, campaign_machine_arn: str) -> None:
        self._stepfunctions = stepfunctions
        self._s3 = s3
        self._bucket = bucket
        self._machine = campaign_machine_arn

    def start_campaign(
        self, company_id: str, campaign_on: date, journeys: Sequence[JourneyStart], kind: str = ""
    ) -> bool:
        name = campaign_name(company_id, campaign_on, kind)
        key = f"campaigns/{company_id}/{campaign_day(campaign_on, kind)}.json"
        items = [
            {
                "company_id": company_id,
                "campaign_on": campaign_on.isoformat(),
                "client_id": start.client_id,
                "service_id": start.service_id,
                "journey_id": start.journey_id,
                "why": start.why.value,
                "name": journey_execution_name(company_id, start.journey_id),
            }
            for start in journeys
        ]
        state = {
            "company_id": company_id,
            "campaign_on": campaign_on.isoformat(),
            "bucket": self._bucket,
            "key": key,
        }
        try:
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=json.dumps(items).encode())
            self._stepfunctions.start_execution(
                stateMachineArn=self._machine, name=name, input=json.dumps(state)
            )
        except ClientError as error:
            if _code(error) == "ExecutionAlreadyExists":
                return False
            raise Unavailable(f"the campaign could not be started: {_code(error)}") from error
        except BotoCoreError as error:
            raise Unavailable("the campaign could not be started") from error
        return True

    def finish_wait(self, task_token: str, outcome: Outcome) -> None:
        finish_wait(self._stepfunctions, task_token, outcome)


class WaitEnder:
    """The half of the port that functions need which only end waits."""

    def __init__(self, stepfunctions: Any) -> None:
        self._stepfunctions = stepfunctions

    def start_campaign(
        self, company_id: str, campaign_on: date, journeys: Sequence[JourneyStart], kind: str = ""
    ) -> bool:
        raise NotImplementedError("only ticks start campaigns")

    def finish_wait(self, task_token: str, outcome: Outcome) -> None:
        finish_wait(self._stepfunctions, task_token, outcome)


def finish_wait(stepfunctions: Any, task_token: str, outcome: Outcome) -> None:
    _tell(
        stepfunctions.send_task_success,
        taskToken=task_token,
        output=json.dumps({"outcome": outcome.value}),
    )


def fail_wait(stepfunctions: Any, task_token: str, error: str) -> None:
    """`error`: the name that the state machine's Retry and Catch know."""
    _tell(stepfunctions.send_task_failure, taskToken=task_token, error=error)


def _tell(call: Callable[..., Any], **answer: str) -> None:
    try:
        call(**answer)
    except ClientError as error:
        if _code(error) not in ANSWERED_BEFORE:
            raise Unavailable(f"the waiting journey could not be told: {_code(error)}") from error
    except BotoCoreError as error:
        raise Unavailable("the waiting journey could not be told") from error


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
