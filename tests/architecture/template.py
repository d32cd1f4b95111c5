"""`template.yaml` as data: short tags become {"Ref": …}, {"Fn::Sub": …} and so on."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FUNCTION = "AWS::Serverless::Function"
QUEUE = "AWS::SQS::Queue"


class _Loader(yaml.SafeLoader):
    pass


def _tagged(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _tagged)


@cache
def template() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(), _Loader)  # noqa: S506  # a SafeLoader
    return parsed


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """Logical id → properties, of one type."""
    every = template()["Resources"].items()
    return {name: r.get("Properties", {}) for name, r in every if r["Type"] == kind}


def functions() -> dict[str, dict[str, Any]]:
    """With the globals merged in."""
    common = template()["Globals"]["Function"]
    merged = {}
    for name, own in resources(FUNCTION).items():
        environment = {
            **common["Environment"]["Variables"],
            **own.get("Environment", {}).get("Variables", {}),
        }
        layers = [*common["Layers"], *own.get("Layers", [])]
        merged[name] = {
            **common,
            **own,
            "Environment": {"Variables": environment},
            "Layers": layers,
        }
    return merged


def statements(function: dict[str, Any]) -> list[dict[str, Any]]:
    return [s for policy in function.get("Policies", []) for s in policy["Statement"]]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def handler_file(function: dict[str, Any]) -> Path:
    module = function["Handler"].rpartition(".")[0]
    return ROOT / "functions" / f"{module.replace('.', '/')}.py"
