"""Message templates: registering them with Meta, and filling them."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from world.whatsapp import moderation
from world.whatsapp.checks import BODY, required, section, short
from world.whatsapp.errors import ApiError, missing
from world.whatsapp.model import VARIABLE, Account, Pressable, Template

if TYPE_CHECKING:
    from world.whatsapp.state import WhatsAppState

NAME = re.compile(r"[a-z0-9_]{1,512}")
CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")
PER_ACCOUNT, BUTTONS, BUTTON_TITLE = 250, 10, 25
REVIEW = timedelta(minutes=5)
"""Simulated time that Meta takes to approve; the real one takes minutes to a day."""


def submit(state: "WhatsAppState", account: Account, fields: Mapping[str, Any]) -> Template:
    """POST message_templates: pending at first, approved after `REVIEW`. Raises ApiError."""
    name, language = str(required(fields, "name")), str(required(fields, "language"))
    if not NAME.fullmatch(name):
        raise ApiError(
            100, "Message template name can only have lowercase letters, digits and underscores."
        )
    category = str(required(fields, "category")).upper()
    if category not in CATEGORIES:
        raise ApiError(100, f"Param category must be one of {{{', '.join(CATEGORIES)}}}.")
    known = state.templates_of(account.waba_id)
    if (name, language) in known:
        raise ApiError(100, "There is already content in this language for this template.", 2388024)
    if len(known) >= PER_ACCOUNT:
        raise ApiError(
            100, f"A business account can have {PER_ACCOUNT} message templates.", 2388019
        )
    template = Template(
        state.new_id(), name, language, category, required(fields, "components"), "PENDING"
    )
    _check(template)
    known[name, language] = template
    state.world.clock.at(
        state.world.clock.now() + REVIEW, lambda: _approve(state, account, template)
    )
    return template


def _approve(state: "WhatsAppState", account: Account, template: Template) -> None:
    moderation.judge(state, account, template, "APPROVED")


def _check(template: Template) -> None:
    body = short(template.body, BODY, "components['BODY']['text']")
    variables = template.variables()
    if variables and not template.component("BODY").get("example"):
        raise ApiError(
            100,
            'Message template "components" param is missing expected field(s): example',
            2388043,
        )
    if VARIABLE.match(body.strip()) or re.search(VARIABLE.pattern + r"$", body.strip()):
        raise ApiError(100, "Variables can't be at the start or end of the template.", 2388299)
    if len(template.buttons) > BUTTONS:
        raise ApiError(100, f"A template can have {BUTTONS} buttons.")
    for button in template.buttons:
        short(button.get("text"), BUTTON_TITLE, "button['text']")


def filled(
    state: "WhatsAppState", account: Account, fields: Mapping[str, Any]
) -> tuple[Template, str, tuple[Pressable, ...]]:
    """The template a message names, its body with the variables in, its quick replies. Raises ApiError."""
    asked = section(fields, "template")
    name = required(asked, "name", "template")
    language = required(section(asked, "language", "template"), "code", "language")
    template = state.templates_of(account.waba_id).get((name, language))
    if template is None or template.status in ("PENDING", "REJECTED"):
        raise ApiError(132001, f"template name ({name}) does not exist in {language}")
    if template.status in ("PAUSED", "DISABLED"):
        raise ApiError(132015 if template.status == "PAUSED" else 132016)
    components = asked.get("components", [])
    header = _parameters(components, "header", template.variables("HEADER"))
    values = _parameters(components, "body", template.variables())
    text = VARIABLE.sub(lambda found: values[found.group(1)], template.body)
    if len(text) > BODY:
        raise ApiError(132005)
    if header:
        title = str(template.component("HEADER")["text"])
        text = VARIABLE.sub(lambda found: header[found.group(1)], title) + "\n" + text
    return template, text, _quick_replies(template, components)


def _parameters(components: Any, kind: str, expected: list[str]) -> dict[str, str]:
    """Values by variable name; positional ones come in order, named ones by `parameter_name`."""
    found = [c for c in components if str(c.get("type", "")).lower() == kind]
    given = [p for c in found for p in c.get("parameters", [])]
    if len(given) != len(expected):
        raise ApiError(
            132000,
            f"{kind}: number of localizable_params ({len(given)}) does not match the expected"
            f" number of params ({len(expected)})",
        )
    names = [p.get("parameter_name", name) for p, name in zip(given, expected, strict=True)]
    return {name: _value(p) for name, p in zip(names, given, strict=True)}


def _value(parameter: Mapping[str, Any]) -> str:
    if parameter.get("type") != "text":
        raise ApiError(131009, "This simulator fills text parameters only")
    text = parameter.get("text")
    if not isinstance(text, str) or not text:
        raise ApiError(131008, "Parameter of type text is missing text value")
    if re.search(r"[\n\t]| {5,}", text):
        raise ApiError(
            100, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
        )
    return text


def _quick_replies(template: Template, components: Any) -> tuple[Pressable, ...]:
    """A quick reply without a payload of its own carries its text."""
    payloads = {}
    for component in components:
        if str(component.get("type", "")).lower() != "button":
            continue
        index = int(component.get("index", -1))
        if not 0 <= index < len(template.buttons):
            raise ApiError(132000, f"button at index {index} does not exist in the template")
        parameters = component.get("parameters", [])
        if not parameters or not parameters[0].get("payload"):
            raise missing("button['parameters'][0]['payload']")
        payloads[index] = str(parameters[0]["payload"])
    replies = [
        (n, b)
        for n, b in enumerate(template.buttons)
        if str(b.get("type")).upper() == "QUICK_REPLY"
    ]
    return tuple(
        Pressable("quick_reply", payloads.get(n, b["text"]), b["text"]) for n, b in replies
    )
