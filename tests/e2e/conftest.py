"""The whole system on the local cloud: one deployment for the session, on free ports, gone afterwards.

`driver` moves simulated time, invokes what schedules would invoke and waits for quiet. The deployment is shared, so each
test makes a company of its own (`company_id`).
"""

import os
import shutil
import socket
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import boto3
import httpx
import pytest
from cloud import places, stack, up
from demo.driver import Driver

from tests.e2e.door import Door
from tests.e2e.faulty_wire import Wire, wired
from tests.e2e.indoors import Indoors
from tests.e2e.moving_in import moved_in
from tests.e2e.shop import SPEED

MONDAY = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
"""When the world's clock starts: nine in the morning in Moscow."""
REAL_RATES = {"YclientsPerSecond": "5", "YclientsPerMinute": "200"}
"""The world judges them too; the demo turns both off."""


@pytest.fixture(scope="session")
def deployed(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The stack's outputs. Logs stay in `.local/run/<port>` when a test failed."""
    ports = {n: _free_port() for n in (places.AWS_PORT, places.WORLD_PORT, places.EDGE_PORT)}
    before = dict(os.environ)
    os.environ.update({name: str(port) for name, port in ports.items()})
    try:
        with up.session(MONDAY, speed=SPEED, parameters=REAL_RATES) as outputs:
            yield outputs
        if not request.session.testsfailed:
            shutil.rmtree(places.run_folder())
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="session")
def driver(deployed: dict[str, str]) -> Driver:
    return Driver(deployed, SPEED)


@pytest.fixture(scope="module")
def wire(deployed: Mapping[str, str]) -> Iterator[Wire]:
    """The proxy that AWS' answers are lost in."""
    with wired() as found:
        yield found


@pytest.fixture(scope="module")
def home(deployed: Mapping[str, str], driver: Driver, wire: Wire) -> Iterator[Indoors]:
    """The functions in this process, their AWS clients behind the proxy."""
    driver.store.companies()  # connects directly, before AWS_ENDPOINT_URL names the proxy
    with moved_in(deployed, wire.url) as found:
        yield found


@pytest.fixture(scope="session")
def api(deployed: dict[str, str]) -> Iterator[httpx.Client]:
    """The deployed REST API, called as strangers call it: unsigned."""
    with httpx.Client(base_url=stack.api_url(deployed), timeout=60.0, trust_env=False) as client:
        yield client


@pytest.fixture(scope="session")
def aws(deployed: dict[str, str]) -> Callable[[str], Any]:
    """Makes clients of the account's administrator: `aws("sqs")`."""
    return stack.client


@pytest.fixture(scope="session")
def acting_as(deployed: dict[str, str]) -> Callable[[str, str], Any]:
    """Makes clients with the rights of a function's role: `acting_as("Analyse", "dynamodb")`."""

    def client(function: str, service: str) -> Any:
        configuration = stack.client("lambda").get_function_configuration(
            FunctionName=deployed[f"{function}Function"]
        )
        role = stack.client("sts").assume_role(
            RoleArn=configuration["Role"], RoleSessionName="test"
        )["Credentials"]
        make: Callable[..., Any] = boto3.client
        return make(
            service,
            endpoint_url=places.aws_url(),
            region_name=places.REGION,
            aws_access_key_id=role["AccessKeyId"],
            aws_secret_access_key=role["SecretAccessKey"],
            aws_session_token=role["SessionToken"],
        )

    return client


@pytest.fixture
def door(
    api: httpx.Client, aws: Callable[[str], Any], deployed: Mapping[str, str]
) -> Iterator[Door]:
    yield Door(api, aws("cognito-idp"), deployed["UserPoolId"])
    api.cookies.clear()


@pytest.fixture
def company_id() -> str:
    return f"salon-{uuid4().hex[:8]}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
