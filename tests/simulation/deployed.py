"""What template.yaml deploys, as far as it is simulated: functions with their limits, queues, and the state machines."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from tests.architecture.template import QUEUE, ROOT, functions, resources, template
from tests.simulation.queues import Settings

MACHINE = "AWS::Serverless::StateMachine"
Handler = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Function:
    name: str
    handler: Handler
    timeout: float
    """Seconds."""
    retries: int
    """Of an asynchronous invocation."""


@cache
def function(name: str) -> Function:
    """By its logical id."""
    properties = functions()[name]
    module, _, attribute = properties["Handler"].rpartition(".")
    handler = getattr(importlib.import_module(module), attribute)
    retries = properties.get("EventInvokeConfig", {}).get("MaximumRetryAttempts", 2)
    return Function(name, handler, float(properties["Timeout"]), retries)


@cache
def queue(name: str) -> tuple[Settings, str]:
    """And the function that consumes it."""
    own = resources(QUEUE)[name]
    consumer, batch = next(
        (function, event["Properties"]["BatchSize"])
        for function, properties in functions().items()
        for event in properties.get("Events", {}).values()
        if event["Type"] == "SQS" and event["Properties"]["Queue"] == {"Fn::GetAtt": f"{name}.Arn"}
    )
    settings = Settings(
        name=name,
        fifo=own.get("FifoQueue", False),
        visibility=own["VisibilityTimeout"],
        receives=own["RedrivePolicy"]["maxReceiveCount"],
        batch=batch,
    )
    return settings, consumer


@cache
def machine(name: str) -> Mapping[str, Any]:
    """The definition, with what it names put in: functions by logical id, parameters by their default."""
    own = resources(MACHINE)[name]
    text = (ROOT / own["DefinitionUri"]).read_text()
    for key, value in own["DefinitionSubstitutions"].items():
        text = text.replace(f"${{{key}}}", _put_in(value))
    definition: Mapping[str, Any] = yaml.safe_load(text)
    return definition


def _put_in(value: Mapping[str, str]) -> str:
    if "Fn::GetAtt" in value:
        return value["Fn::GetAtt"].removesuffix(".Arn")
    parameter = template()["Parameters"].get(value["Ref"], {})
    return str(parameter.get("Default", value["Ref"]))
