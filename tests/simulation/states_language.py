"""The Amazon States Language, as much of it as our definitions use: paths, payload templates, results, rules, error names. Pure.

What a definition uses and this does not know is refused, never ignored.
"""

from collections.abc import Callable, Mapping
from typing import Any

State = Mapping[str, Any]
KNOWN = {
    "Task": {"Resource", "TimeoutSeconds", "Parameters", "ResultSelector", "ResultPath", "Retry", "Catch"},
    "Choice": {"Choices", "Default"},
    "Wait": {"SecondsPath", "Seconds"},
    "Pass": {"Result", "ResultPath", "Parameters"},
    "Succeed": set[str](),
    "Fail": {"Error", "Cause"},
    "Map": {"ItemReader", "ItemProcessor", "MaxConcurrency", "ToleratedFailurePercentage", "ResultPath"},
}  # fmt: skip
WHOLE = {"Comment", "StartAt", "States", "ProcessorConfig"}
ALWAYS = {"Type", "Comment", "Next", "End"}
TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "StringEquals": lambda found, wanted: found == wanted,
    "NumericEquals": lambda found, wanted: found == wanted,
    "NumericGreaterThan": lambda found, wanted: found > wanted,
    "NumericLessThan": lambda found, wanted: found < wanted,
    "BooleanEquals": lambda found, wanted: found is wanted,
}
TIMED_OUT = "States.Timeout"


def check(definition: Mapping[str, Any]) -> None:
    """Raises NotImplementedError on what is not simulated."""
    if unknown := set(definition) - WHOLE:
        raise NotImplementedError(", ".join(sorted(unknown)))
    for name, state in definition["States"].items():
        if unknown := set(state) - ALWAYS - KNOWN.get(state["Type"], set()):
            raise NotImplementedError(f"{name}: {', '.join(sorted(unknown))}")


def look_up(path: str, data: Any) -> Any:
    """`$` or `$.a.b`. Raises KeyError."""
    for part in path.split(".")[1:]:
        data = data[part]
    return data


def filled(template: Any, data: Any, context: Mapping[str, Any]) -> Any:
    """A payload template: keys that end with `.$` are paths into the data, or with `$$` into the context."""
    if not isinstance(template, Mapping):
        return template
    found = {}
    for key, value in template.items():
        if not key.endswith(".$"):
            found[key] = filled(value, data, context)
        elif value.startswith("$$"):
            found[key[:-2]] = look_up(value[1:], context)
        else:
            found[key[:-2]] = look_up(value, data)
    return found


def placed(data: Any, state: State, result: Any) -> Any:
    """By its ResultPath: absent, the result is all; null, it is dropped; `$.a`, it stands there."""
    path = state.get("ResultPath", "$")
    if path is None:
        return data
    _, *parts = path.split(".")
    if not parts:
        return result
    (key,) = parts
    return {**data, key: result}


def holds(rule: Mapping[str, Any], data: Any) -> bool:
    if "And" in rule:
        return all(holds(inner, data) for inner in rule["And"])
    if "Or" in rule:
        return any(holds(inner, data) for inner in rule["Or"])
    if "Not" in rule:
        return not holds(rule["Not"], data)
    (name,) = set(rule) - {"Variable", "Next", "Comment"}
    if name == "IsPresent":
        return present(rule["Variable"], data) is rule[name]
    return TESTS[name](look_up(rule["Variable"], data), rule[name])


def present(path: str, data: Any) -> bool:
    try:
        look_up(path, data)
    except (KeyError, TypeError):
        return False
    return True


def matches(handler: Mapping[str, Any], error: str) -> bool:
    names = handler["ErrorEquals"]
    return (
        error in names
        or "States.ALL" in names
        or ("States.TaskFailed" in names and error != TIMED_OUT)
    )
