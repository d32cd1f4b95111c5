"""What an administrator's command knows of a deployed stack. Credentials, region and endpoint are those of the AWS CLI."""

from collections.abc import Callable, Mapping
from typing import Any

import boto3


def client(service: str) -> Any:
    """`Any`: boto3's clients have no types."""
    make: Callable[..., Any] = boto3.client
    return make(service)


def outputs(stack: str) -> Mapping[str, str]:
    (found,) = client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return {o["OutputKey"]: o["OutputValue"] for o in found.get("Outputs", [])}
