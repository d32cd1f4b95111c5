"""Gemini behind the LanguageModel port, by google-genai. The one module that imports it (414 ms, aws-facts.md)."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import httpcore2
import httpx2
from google import genai
from google.genai import errors, types

from comeback.ai import wire
from comeback.ai.prompts import CLASSIFY, ESTIMATE, WRITE, Task
from comeback.ai.wire import EstimatedInterval, ReadAnswer, WrittenText
from comeback.deadline import bounded
from comeback.errors import ComebackError, Permanent, RateLimited, Unavailable
from comeback.outside import checked, only_outside
from comeback.ports import AnswerFacts, AnswerReading, MessageFacts, Note

TIMEOUT_SECONDS = 8.0
"""Of a whole call, however slowly its answer comes."""
SHORTEST_SERVER_DEADLINE = 10
"""Seconds. The SDK tells the server our time-out in X-Server-Timeout, and the API answers 400 to less than this
(«Minimum allowed deadline is 10s»), so the header names the least it takes while we hang up earlier."""
UNREADABLE = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What the SDK raises over an answer that is no JSON, or of another shape (tests/fuzz). Pydantic's errors are ValueErrors."""
API_VERSION = "v1beta"
"""Not the SDK's default: v1 was seen to refuse systemInstruction (vercel/ai #2256, 2024; req_llm #162, 2025)."""
DAYS = range(3, 731)
KEY_REFUSED = frozenset({400, 401, 403})
"""A key that is not known is a 400 (API_KEY_INVALID)."""


class GeminiModel:
    """One call per question and no retries of the SDK's: queues and the fallback are the retry budget."""

    def __init__(
        self,
        api_key: str,
        model: str,
        base_url: str = "",
        proxy_url: str = "",
        timeout: float = TIMEOUT_SECONDS,
        language: str = "ru",
        used: Note | None = None,
        owners_proxy: bool = False,
        renewed: Callable[[], str] | None = None,
    ) -> None:
        """`timeout` in seconds. `language`: of reasons written for the owner. Empty URLs: the SDK's own, no proxy. `used` is
        told `tokens_in` and `tokens_out` of every answer, whether it can be used or not. `owners_proxy`: it is the company's
        own, so it has to be outside. `renewed` reads the key again: it may have been rotated."""
        self._key = api_key
        self._renewed = renewed
        self._connect = partial(_client, base_url, proxy_url, owners_proxy, timeout)
        self._model = model
        self._language = language
        self._used = used

    def write_message(self, facts: MessageFacts) -> str:
        return self._ask(WRITE, wire.message_facts(facts), WrittenText).text

    def read_answer(self, facts: AnswerFacts) -> AnswerReading:
        found = self._ask(CLASSIFY, wire.answer_facts(facts), ReadAnswer)
        return AnswerReading(
            intent=found.intent,
            slot=found.slot,
            until=found.until_date,
            service=found.service,
            master=found.master,
            when=found.when,
            confidence=max(0.0, min(1.0, found.confidence)),
        )

    def estimate_interval(self, business_type: str, service_title: str) -> tuple[int, str]:
        """Raises Permanent when the number makes no sense, beside what every call raises."""
        facts = wire.interval_facts(business_type, service_title, self._language)
        found = self._ask(ESTIMATE, facts, EstimatedInterval)
        if found.days not in DAYS:
            raise Permanent(f"an interval of {found.days} days is out of range")
        return found.days, found.reason

    def _ask(self, task: Task, facts: str, kind: type[wire.Wire]) -> wire.Wire:
        config = types.GenerateContentConfig(
            system_instruction=task.system,
            response_mime_type="application/json",
            response_json_schema=task.schema,
        )
        try:
            answer = self._generate(facts, config)
        except errors.APIError as error:
            raise meaning(error) from error
        except httpx2.TimeoutException as error:
            raise Unavailable("Gemini did not answer in time") from error
        except (httpx2.HTTPError, errors.UnknownApiResponseError) as error:
            raise Unavailable(f"Gemini can not be reached: {type(error).__name__}") from error
        except UNREADABLE as error:
            raise Unavailable(f"Gemini's answer is none: {type(error).__name__}") from error
        self._tell(answer.usage_metadata)
        return wire.decode(_text(answer), kind)

    def _generate(
        self, facts: str, config: types.GenerateContentConfig
    ) -> types.GenerateContentResponse:
        """With another key once more, when the one at hand is refused and the secret holds another by now."""
        try:
            return self._call(facts, config)
        except errors.ClientError as error:
            if error.code not in KEY_REFUSED or not self._took_new_key():
                raise
        return self._call(facts, config)

    def _call(
        self, facts: str, config: types.GenerateContentConfig
    ) -> types.GenerateContentResponse:
        models = self._connect(self._key).models
        return models.generate_content(model=self._model, contents=facts, config=config)

    def _took_new_key(self) -> bool:
        before = self._key
        self._key = self._renewed() if self._renewed else before
        return self._key not in ("", before)

    def _tell(self, counts: types.GenerateContentResponseUsageMetadata | None) -> None:
        """Thoughts are billed as output, and are not among the candidates' tokens."""
        if self._used and counts:
            self._used("tokens_in", counts.prompt_token_count or 0)
            wrote = (counts.candidates_token_count or 0) + (counts.thoughts_token_count or 0)
            self._used("tokens_out", wrote)


def meaning(error: errors.APIError) -> ComebackError:
    """What a refused call tells its caller to do. The key stands in a header, so no message can hold it."""
    if error.code == 429:
        return RateLimited("Gemini asks to slow down", retry_after=_retry_after(error.details))
    if error.code >= 500 or error.code == 408:
        return Unavailable(f"Gemini answered {error.code}")
    return Permanent(f"Gemini refused: {error.code} {error.status}")


def _retry_after(details: Any) -> float | None:
    """Seconds, from google.rpc.RetryInfo {"retryDelay": "34s"} when the error carries one."""
    try:
        for detail in details["error"]["details"]:
            if "retryDelay" in detail:
                return float(str(detail["retryDelay"]).removesuffix("s"))
    except (KeyError, TypeError, ValueError):
        return None
    return None


def _text(answer: types.GenerateContentResponse) -> str | None:
    """The answer's text without thoughts; None when the prompt or the answer was blocked."""
    for candidate in answer.candidates or ():
        parts = (candidate.content.parts if candidate.content else None) or ()
        return "".join(part.text or "" for part in parts if not part.thought)
    return None


@lru_cache(maxsize=8)
def _client(
    base_url: str, proxy_url: str, owners_proxy: bool, timeout: float, api_key: str
) -> genai.Client:
    """One per process and key, made when first needed: its TLS context and connections are worth keeping. An owner's proxy
    is judged now and at every connection. Raises InvalidInput, Unavailable."""
    transport = bounded(
        timeout, httpx2, httpcore2, checked(proxy_url) if owners_proxy else proxy_url
    )
    options = types.HttpOptions(
        base_url=base_url or None,
        api_version=API_VERSION,
        timeout=int(timeout * 1000),
        headers={"X-Server-Timeout": str(max(SHORTEST_SERVER_DEADLINE, int(timeout)))},
        client_args={"transport": only_outside(transport) if owners_proxy else transport},
    )
    return genai.Client(api_key=api_key, vertexai=False, http_options=options)
