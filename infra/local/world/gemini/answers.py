"""The simulated model's turn: which task, which mistake, and the envelope around the text."""

import hashlib
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import msgspec

from world.gemini import errors, intervals, mistakes, reading, writing
from world.gemini.request import Request
from world.gemini.schema import shaped
from world.gemini.state import GeminiState

Task = Callable[[Mapping[str, Any], Random], dict[str, Any]]
TASKS: Mapping[str, Task] = {
    "write_reactivation_message": writing.write,
    "classify_answer": reading.classify,
    "estimate_interval": intervals.estimate,
}
BYTES_PER_TOKEN = 4


def answer(state: GeminiState, asked: Request, model: str) -> dict[str, Any]:
    """Raises ApiError when told to fail."""
    state.calls[asked.task] = state.calls.get(asked.task, 0) + 1
    failure = state.behaviour.fails()
    if failure == "quota":
        raise errors.quota()
    if failure == "overloaded":
        raise errors.overloaded()
    if failure == "blocked":
        feedback = {"promptFeedback": {"blockReason": "SAFETY"}}
        return {**feedback, "usageMetadata": _usage(asked, ""), "modelVersion": model}
    text = _text(state, asked)
    return _envelope(asked, text[: len(text) // 2] if failure == "cut" else text, model, failure)


def _text(state: GeminiState, asked: Request) -> str:
    task = TASKS.get(asked.task)
    if task is None:
        return "{}" if asked.as_json else "OK"
    seed = msgspec.json.encode(asked.facts, order="sorted").decode()
    found = task(asked.facts, Random(f"{state.world.seed}:{seed}"))
    mistake = ""
    if asked.task == "write_reactivation_message" or state.behaviour.mode == "invalid_json":
        mistake = state.behaviour.errs(told=bool(asked.facts.get("problems")))
    if mistake and mistake != "invalid_json":
        found = {"text": mistakes.spoilt(mistake, found["text"], asked.facts)}
    text = msgspec.json.encode(shaped(found, asked.schema)).decode()
    return f"Here is the JSON: ```{text[:-2]}" if mistake == "invalid_json" else text


def _envelope(asked: Request, text: str, model: str, failure: str) -> dict[str, Any]:
    reason = "MAX_TOKENS" if failure == "cut" else "STOP"
    room = asked.max_tokens * BYTES_PER_TOKEN if asked.max_tokens else len(text.encode())
    if len(text.encode()) > room:
        text, reason = text.encode()[:room].decode(errors="ignore"), "MAX_TOKENS"
    content = {"parts": [{"text": text}], "role": "model"}
    return {
        "candidates": [{"content": content, "finishReason": reason, "index": 0}],
        "usageMetadata": _usage(asked, text),
        "modelVersion": model,
        "responseId": hashlib.sha256(f"{asked.prompt}{text}".encode()).hexdigest()[:22],
    }


def _usage(asked: Request, text: str) -> dict[str, Any]:
    said = max(1, len(asked.prompt.encode()) // BYTES_PER_TOKEN)
    wrote = len(text.encode()) // BYTES_PER_TOKEN
    return {
        "promptTokenCount": said,
        "candidatesTokenCount": wrote,
        "totalTokenCount": said + wrote,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": said}],
    }
