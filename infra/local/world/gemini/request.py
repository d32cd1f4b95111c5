"""A generateContent request, judged as the service judges it, and looked through for personal data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from world.gemini.errors import ApiError, invalid, unknown_name

JSON = "application/json"
TOP = frozenset(
    (
        "contents",
        "systemInstruction",
        "generationConfig",
        "safetySettings",
        "tools",
        "toolConfig",
        "cachedContent",
        "model",
        "labels",
        "serviceTier",
        "store",
    )
)
CONFIG = frozenset(
    (
        "stopSequences",
        "responseMimeType",
        "responseSchema",
        "responseJsonSchema",
        "_responseJsonSchema",
        "responseFormat",
        "responseModalities",
        "candidateCount",
        "maxOutputTokens",
        "temperature",
        "topP",
        "topK",
        "seed",
        "presencePenalty",
        "frequencyPenalty",
        "responseLogprobs",
        "logprobs",
        "enableEnhancedCivicAnswers",
        "speechConfig",
        "thinkingConfig",
        "imageConfig",
        "mediaResolution",
    )
)
TASK = re.compile(r"^TASK:\s*(\w+)\s*$", re.MULTILINE)
SHORTEST_DEADLINE = 10
"""Seconds in X-Server-Timeout."""
PERSONAL = {
    "phone": re.compile(
        r"(?<![\w.])(?:\+\d{1,3}|8|7)[\s(.-]{0,2}\d{3}[\s).-]{0,2}\d{3}[\s.-]?\d{2}[\s.-]?\d{2}(?!\d)"
        r"|\+\d[\d\s().-]{8,}\d|(?<![\w.-])\d{10,15}(?![\w-])"
    ),
    "e-mail": re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w"),
}


@dataclass(frozen=True)
class Request:
    """`task`: what the system instruction asks for on its line `TASK: …`; empty when it names none."""

    task: str
    facts: Mapping[str, Any]
    schema: Mapping[str, Any] | None
    as_json: bool
    max_tokens: int | None
    prompt: str

    @classmethod
    def of(cls, body: Any, deadline: str | None) -> "Request":
        """Raises ApiError."""
        if deadline and deadline.isdigit() and int(deadline) < SHORTEST_DEADLINE:
            raise invalid(
                f"Manually set deadline {deadline}s is too short. Minimum allowed deadline is 10s."
            )
        if not isinstance(body, Mapping):
            raise invalid("Invalid JSON payload received.")
        whole = _camel(body, TOP, "")
        config = _camel(whole.get("generationConfig") or {}, CONFIG, "generation_config")
        user = _said(_contents(whole))
        system = _parts(whole.get("systemInstruction"), "system_instruction")
        schema = _schema(config)
        named = TASK.search(system)
        task = named[1] if named else ""
        facts = _facts(user) if task else {}
        limit = config.get("maxOutputTokens")
        is_json = config.get("responseMimeType") == JSON
        return cls(task, facts, schema, is_json, limit, f"{system}\n{user}")

    def personal(self) -> list[str]:
        """Kinds of personal data found in what the model would read."""
        return [kind for kind, pattern in PERSONAL.items() if pattern.search(self.prompt)]


def _camel(body: Any, known: frozenset[str], where: str) -> dict[str, Any]:
    """Names in camelCase; like all of Google's JSON APIs, snake_case is taken as well."""
    if not isinstance(body, Mapping):
        raise invalid(f"Invalid value at '{where}'")
    found = {}
    for name, value in body.items():
        proper = re.sub(r"(?<!^)_(\w)", lambda m: m[1].upper(), name)
        if proper not in known:
            raise unknown_name(name, where)
        found[proper] = value
    return found


def _contents(body: Mapping[str, Any]) -> list[Any]:
    contents = body.get("contents")
    if not isinstance(contents, list) or not contents:
        raise invalid("* GenerateContentRequest.contents: contents is not specified\n")
    return contents


def _said(contents: list[Any]) -> str:
    """What the user said; the model's turns are read past."""
    found = []
    for n, content in enumerate(contents):
        text = _parts(content, f"contents[{n}]")
        role = content.get("role", "user")
        if role not in ("user", "model"):
            raise invalid("Please use a valid role: user, model.")
        if role == "user":
            found.append(text)
    return "\n".join(found)


def _parts(content: Any, where: str) -> str:
    if content is None:
        return ""
    if not isinstance(content, Mapping):
        raise invalid(f"Invalid value at '{where}'")
    parts = content.get("parts")
    if isinstance(parts, Mapping):
        parts = [parts]
    if not isinstance(parts, list) or not parts:
        raise invalid(
            f"* GenerateContentRequest.{where}.parts: contents.parts must not be empty.\n"
        )
    return "\n".join(str(part.get("text", "")) for part in parts if isinstance(part, Mapping))


def _schema(config: Mapping[str, Any]) -> Mapping[str, Any] | None:
    given = [
        config[name]
        for name in ("responseSchema", "responseJsonSchema", "_responseJsonSchema")
        if config.get(name)
    ]
    if len(given) > 1:
        raise invalid("Only one of response_schema and response_json_schema may be set.")
    if given and config.get("responseMimeType") != JSON:
        raise invalid(
            "Invalid response schema: response_mime_type must be application/json for structured output."
        )
    if given and not isinstance(given[0], Mapping):
        raise invalid("Invalid value at 'generation_config.response_schema'")
    return given[0] if given else None


def _facts(user: str) -> Mapping[str, Any]:
    """A test aid: our prompts promise one JSON object, and a real model would not complain."""
    try:
        facts = msgspec.json.decode(user)
    except msgspec.DecodeError:
        facts = None
    if not isinstance(facts, Mapping):
        raise invalid("world: the user content of a TASK must be one JSON object of facts")
    return facts


def personal_data(kinds: list[str]) -> ApiError:
    return invalid(f"world: personal data must not be sent to a model; found: {', '.join(kinds)}")
