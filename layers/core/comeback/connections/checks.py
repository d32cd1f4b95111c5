"""The steps of each connection, in the order in which they are tried. The first that fails ends it, and says how to mend it.

A check has three parts: `verify` reads with the values given, before they are kept; `point` tells the service where to call us,
once they are; `confirm` reads whether it does.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from comeback.connections.doors import BookDoor, ModelDoor, TelegramDoor, WhatsAppDoor
from comeback.connections.model import Step
from comeback.errors import (
    ComebackError,
    InvalidInput,
    RateLimited,
    Refused,
    Retryable,
    UnknownOutcome,
)

Told = Mapping[str, str]
Try = tuple[str, Callable[[], Told], str, str]
"""Name of the step, what it does, what a refusal means, how to mend it."""
ASKED_FOR_AN_INTERVAL = "Haircut"
NOT_THERE = "points to another address"


class Check(Protocol):
    def verify(self) -> Iterator[Try]: ...

    def point(self) -> Iterator[Try]: ...

    def confirm(self) -> Iterator[Try]: ...

    def leave(self) -> Iterator[Try]:
        """From now on the service calls us no more."""
        ...


class Elsewhere(Refused):
    """The service calls another address than ours, or could not reach it; `told` by the service."""


def run(tries: Iterator[Try]) -> list[Step]:
    """Until one fails."""
    steps: list[Step] = []
    for name, action, problem, remedy in tries:
        try:
            steps.append(Step(name, True, action()))
        except ComebackError as error:
            steps.append(_failed(name, error, problem, remedy))
            break
    return steps


def _nothing(action: Callable[[], None]) -> Told:
    action()
    return {}


def _failed(name: str, error: ComebackError, problem: str, remedy: str) -> Step:
    if isinstance(error, RateLimited):
        return Step(name, False, {}, "is asked too often", "Try again in a minute")
    if isinstance(error, Retryable | UnknownOutcome):
        return Step(name, False, {}, "does not answer", "Try again in a minute")
    if isinstance(error, Refused):
        return Step(name, False, {}, problem, remedy)
    said = error.problem if isinstance(error, InvalidInput) else str(error)
    return Step(name, False, {"said": said}, problem, remedy)


@dataclass(frozen=True)
class TelegramCheck:
    door: TelegramDoor
    url: str
    secret: str

    def verify(self) -> Iterator[Try]:
        yield (
            "token",
            lambda: {"bot": self.door.username()},
            "Telegram does not know this token",
            "Ask @BotFather for it: /mybots, the bot, API Token",
        )

    def point(self) -> Iterator[Try]:
        yield (
            "webhook",
            self._point,
            "Telegram does not take our address",
            "It must be an https address on the public internet: ask who installed Comeback",
        )

    def confirm(self) -> Iterator[Try]:
        yield (
            "updates",
            self._pointed,
            "Telegram does not reach us",
            "Connect once more; if it stays so, ask who installed Comeback",
        )

    def leave(self) -> Iterator[Try]:
        yield ("webhook", partial(_nothing, self.door.leave), "", "")

    def _point(self) -> Told:
        self.door.point(self.url, self.secret)
        return {}

    def _pointed(self) -> Told:
        found = self.door.pointed()
        if found.url != self.url:
            raise Elsewhere(NOT_THERE)
        return {"waiting": str(found.waiting), "last_error": found.problem}


@dataclass(frozen=True)
class WhatsAppCheck:
    door: WhatsAppDoor
    url: str
    verify_token: str
    app_secret: str
    wanted: tuple[tuple[str, str], ...]
    """(name, language) of the templates that we write with."""

    def verify(self) -> Iterator[Try]:
        yield (
            "number",
            self._number,
            "Meta does not show this number to this token",
            "Take a permanent token of a system user with whatsapp_business_messaging and whatsapp_business_management, "
            "and the number's id under WhatsApp, API setup",
        )
        yield (
            "app_secret",
            self._prove,
            "this is not the secret of the token's app",
            "Copy it from the app's settings, Basic",
        )
        yield (
            "templates",
            self._templates,
            "Meta does not show this account's templates",
            "Check the WhatsApp Business Account's id, and that the token may manage it",
        )

    def point(self) -> Iterator[Try]:
        yield (
            "webhook",
            self._point,
            "Meta does not take our address",
            "Subscribe the app to messages under WhatsApp, Configuration, then connect once more",
        )

    def confirm(self) -> Iterator[Try]:
        yield (
            "updates",
            self._pointed,
            "Meta's notifications go to another address",
            "Connect once more",
        )

    def leave(self) -> Iterator[Try]:
        yield ("webhook", partial(_nothing, self.door.leave), "", "")

    def _number(self) -> Told:
        found = self.door.number()
        return {
            "number": found.shown,
            "title": found.title,
            "quality": found.quality,
            "limit": found.limit,
        }

    def _prove(self) -> Told:
        self.door.prove(self.app_secret)
        return {}

    def _templates(self) -> Told:
        known = self.door.templates()
        approved = sum(1 for each in self.wanted if known.get(each) == "APPROVED")
        return {"approved": str(approved), "wanted": str(len(self.wanted))}

    def _point(self) -> Told:
        self.door.point(self.url, self.verify_token)
        return {}

    def _pointed(self) -> Told:
        if self.url not in self.door.pointed():
            raise Elsewhere(NOT_THERE)
        return {}


@dataclass(frozen=True)
class YclientsCheck:
    """The webhook's address holds a secret, so it is never told."""

    door: BookDoor
    base: str
    """Of our webhook's address, without the secret: older ones of ours begin alike."""
    secret: str

    def verify(self) -> Iterator[Try]:
        yield (
            "company",
            lambda: {"title": self.door.title()},
            "YCLIENTS does not show this company",
            "Check the company's number and the partner token",
        )
        yield (
            "services",
            lambda: {"count": str(self.door.services())},
            "YCLIENTS does not show the services",
            "Add the company to the partner's application in YCLIENTS",
        )
        yield (
            "clients",
            self._clients,
            "the user may not see clients",
            "Take the token of a user who may see clients and records",
        )

    def point(self) -> Iterator[Try]:
        yield (
            "webhook",
            self._point,
            "YCLIENTS does not take our address",
            "Take the token of a user who may change the settings",
        )

    def confirm(self) -> Iterator[Try]:
        yield (
            "updates",
            self._pointed,
            "YCLIENTS tells another address",
            "Connect once more",
        )

    def leave(self) -> Iterator[Try]:
        yield ("webhook", self._leave, "", "")

    def _leave(self) -> Told:
        self.door.point(self._others())
        return {}

    def _clients(self) -> Told:
        self.door.clients()
        return {}

    def _point(self) -> Told:
        self.door.point([*self._others(), f"{self.base}{self.secret}"])
        return {}

    def _others(self) -> list[str]:
        """They stay: an accountant's program may listen, too."""
        return [url for url in self.door.pointed() if not url.startswith(self.base)]

    def _pointed(self) -> Told:
        if f"{self.base}{self.secret}" not in self.door.pointed():
            raise Elsewhere(NOT_THERE)
        return {}


@dataclass(frozen=True)
class GeminiCheck:
    door: ModelDoor
    business_type: str

    def verify(self) -> Iterator[Try]:
        yield (
            "model",
            self._ask,
            "Gemini does not take this key, or not from here",
            "Make a key in Google AI Studio; where Google can not be reached, add a proxy",
        )

    def point(self) -> Iterator[Try]:
        """It never calls us."""
        return iter(())

    def confirm(self) -> Iterator[Try]:
        return iter(())

    def leave(self) -> Iterator[Try]:
        return iter(())

    def _ask(self) -> Told:
        days, _reason = self.door.estimate_interval(self.business_type, ASKED_FOR_AN_INTERVAL)
        return {"days": str(days)}
