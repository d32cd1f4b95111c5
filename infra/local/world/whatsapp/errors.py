"""Graph API refusals and the failures that statuses carry. Codes: external-apis.md, B2."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

HREF = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"


@dataclass(frozen=True)
class Known:
    """What the documentation says of a code."""

    title: str
    details: str
    http_status: int = 400


CODES: Mapping[int, Known] = {
    100: Known("Invalid parameter", "The request included one or more unsupported parameters."),
    190: Known("Invalid OAuth access token - Cannot parse access token", "", 401),
    368: Known(
        "Temporarily blocked for policies violations",
        "The WhatsApp Business Account has been restricted for violating a policy.",
        403,
    ),
    130429: Known("Rate limit hit", "Cloud API message throughput has been reached."),
    131008: Known("Required parameter is missing", "A required parameter is missing."),
    131009: Known("Parameter value is not valid", "A parameter value is not valid."),
    131026: Known("Message undeliverable", "Message Undeliverable."),
    131031: Known(
        "Business Account locked",
        "The WhatsApp Business Account has been restricted or disabled for violating a policy.",
        403,
    ),
    131047: Known(
        "Re-engagement message",
        "Message failed to send because more than 24 hours have passed since the customer last"
        " replied to this number.",
    ),
    131048: Known(
        "Spam rate limit hit",
        "Message failed to send because there are restrictions on how many messages can be sent"
        " from this phone number.",
    ),
    131049: Known(
        "This message was not delivered to maintain healthy ecosystem engagement.",
        "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
    ),
    131050: Known(
        "Unable to deliver the message. This recipient has chosen to stop receiving marketing"
        " messages on WhatsApp from your business",
        "The user has stopped marketing messages from this business.",
    ),
    131051: Known("Unsupported message type", "Message type is not currently supported."),
    131056: Known(
        "(Business Account, Consumer Account) pair rate limit hit",
        "Message failed to send because there were too many messages sent from this phone number"
        " to the same phone number in a short period of time.",
    ),
    132000: Known("Number of parameters does not match the expected number of params", ""),
    132001: Known("Template name does not exist in the translation", "", 404),
    132005: Known("Translated text too long", "The translated text is too long."),
    132015: Known("Template is paused", "The template is paused due to low quality."),
    132016: Known("Template is disabled", "The template was paused too often and is disabled."),
}


class ApiError(Exception):
    """Answered in the Graph API's error body."""

    def __init__(self, code: int, details: str = "", subcode: int = 0) -> None:
        self.code = code
        self.details = details or CODES[code].details
        self.subcode = subcode
        super().__init__(f"{code} {self.details}")

    @property
    def http_status(self) -> int:
        return CODES[self.code].http_status

    def body(self, rng: Random) -> dict[str, Any]:
        title = CODES[self.code].title
        error: dict[str, Any] = {
            "message": title if self.code == 190 else f"(#{self.code}) {title}",
            "type": "OAuthException",
            "code": self.code,
        }
        if self.code != 190:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        if self.subcode:
            error["error_subcode"] = self.subcode
        trace = base64.urlsafe_b64encode(rng.randbytes(17)).decode().rstrip("=")
        return {"error": {**error, "fbtrace_id": trace}}


def missing(parameter: str) -> ApiError:
    return ApiError(100, f"The parameter {parameter} is required.")


def failure(code: int, details: str = "") -> dict[str, Any]:
    """An element of a failed status's `errors`."""
    known = CODES[code]
    return {
        "code": code,
        "title": known.title,
        "message": known.title,
        "error_data": {"details": details or known.details},
        "href": HREF,
    }
