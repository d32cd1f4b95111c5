"""Calls the simulated Gemini as the REST API is called."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tests.adapters.conftest import WorldServer

PATH = "/gemini/v1beta/models/gemini-3.5-flash:generateContent"
SLOTS = [
    {"n": 1, "text": "вт, 8 декабря, 11:00", "staff": "Анна Соколова"},
    {"n": 2, "text": "чт, 10 декабря, 18:30", "staff": "Анна Соколова"},
    {"n": 3, "text": "сб, 12 декабря, 12:00", "staff": "Мария Орлова"},
]
SLOTS_EN = [
    {"n": 1, "text": "Tue 8 Dec, 11:00", "staff": "Anna Stone"},
    {"n": 2, "text": "Thu 10 Dec, 18:30", "staff": "Anna Stone"},
    {"n": 3, "text": "Sat 12 Dec, 12:00", "staff": "Mary Woods"},
]
WRITE: Mapping[str, Any] = {
    "language": "ru",
    "tone": "friendly",
    "company": "Весна",
    "service": "Женская стрижка",
    "days_since_visit": 61,
    "staff": "Анна Соколова",
    "slots": SLOTS,
    "discount_percent": 10,
    "attempt": 1,
    "problems": [],
}
ANSWER: Mapping[str, Any] = {
    "language": "ru",
    "offered": SLOTS,
    "today": "2026-12-07",
    "service": "Женская стрижка",
    "services": ["Женская стрижка", "Мужская стрижка", "Маникюр с покрытием", "Массаж спины"],
    "staff": ["Анна Соколова", "Мария Орлова", "Ольга Крылова", "Дмитрий Власов"],
}
ANSWER_EN: Mapping[str, Any] = {
    **ANSWER,
    "language": "en",
    "offered": SLOTS_EN,
    "service": "Haircut",
    "services": ["Haircut", "Hair colouring", "Manicure", "Back massage"],
    "staff": ["Anna Stone", "Mary Woods", "Olga Reed", "Daniel Hill"],
}


@dataclass
class GeminiClient:
    server: WorldServer

    def post(
        self, body: Any, key: str = "test-key", path: str = PATH, **headers: str
    ) -> httpx.Response:
        given = {"x-goog-api-key": key} if key else {}
        return self.server.control.post(path, json=body, headers={**given, **headers})

    def ask(self, task: str, facts: Mapping[str, Any], **config: Any) -> httpx.Response:
        return self.post(self.request(task, facts, **config))

    def request(self, task: str, facts: Mapping[str, Any], **config: Any) -> dict[str, Any]:
        text = json.dumps(facts, ensure_ascii=False)
        return {
            "contents": [{"role": "user", "parts": [{"text": text}]}],
            "systemInstruction": {"parts": [{"text": f"TASK: {task}\nBe kind."}]},
            "generationConfig": {"responseMimeType": "application/json", **config},
        }

    def text(self, task: str, facts: Mapping[str, Any], **config: Any) -> str:
        answer = self.ask(task, facts, **config)
        answer.raise_for_status()
        found: str = answer.json()["candidates"][0]["content"]["parts"][0]["text"]
        return found

    def answer(self, task: str, facts: Mapping[str, Any], **config: Any) -> Any:
        return json.loads(self.text(task, facts, **config))

    def write(self, **facts: Any) -> str:
        found: str = self.answer("write_reactivation_message", {**WRITE, **facts})["text"]
        return found

    def behave(self, mode: str, times: int = 1, **more: Any) -> None:
        body = {"mode": mode, "times": times, **more}
        self.server.control.post("/world/gemini/behaviour", json=body).raise_for_status()
