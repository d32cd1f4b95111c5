"""Why a client can not be written to, as the API says it: the problem and the way to mend it (translated in `comeback.texts`)."""

from collections.abc import Mapping

from comeback.reactivation.model import SkipReason

REFUSED: Mapping[SkipReason, tuple[str, str]] = {
    SkipReason.OPTED_OUT: ("has opted out", "They may write first; we may not"),
    SkipReason.TAKEN_OVER: (
        "is answered by a person",
        "Write to them there, or give them back to the bot",
    ),
    SkipReason.NO_CONSENT: ("has not agreed to be written to", "Ask for a consent first"),
    SkipReason.NO_CHANNEL: ("has no messenger that we know", "Send them a personal link"),
    SkipReason.FUTURE_BOOKING: ("is booked already", "There is nothing to ask for"),
    SkipReason.RECENT_MESSAGE: ("was written to of late", "Wait, or force it"),
    SkipReason.ACTIVE_JOURNEY: ("is on another journey", "Wait until it ends, or cancel it"),
    SkipReason.RULE_INACTIVE: ("is asked about a service whose rule is off", "Switch the rule on"),
    SkipReason.COMPANY_DISABLED: ("can not be written to while all is paused", "Resume first"),
    SkipReason.AWAY: ("is away", "Wait until they are back"),
    SkipReason.NOT_DUE: ("is not due", "Wait, or force it"),
    SkipReason.ACCOUNT_STOPPED: (
        "can not be reached: the messenger has stopped our account",
        "Look at the account's health",
    ),
    SkipReason.FREQUENCY_CAP: ("had as many messages as are allowed", "Wait a week"),
}
"""Reasons that are known before a journey begins; the others show in its timeline."""
