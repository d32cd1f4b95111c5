"""What a messenger's definite no means: code → Refusal (external-apis.md, B1 and B2)."""

from collections.abc import Mapping

from comeback.conversations.model import ChannelKind, Refusal

CODES: Mapping[ChannelKind, Mapping[str, Refusal]] = {
    ChannelKind.TELEGRAM: {
        "403": Refusal.OPTED_OUT,  # the bot was blocked: Telegram's own way to say stop
        "400": Refusal.NOBODY,
    },
    ChannelKind.WHATSAPP: {
        "131026": Refusal.UNDELIVERED,
        "131050": Refusal.OPTED_OUT,
        "131049": Refusal.NOT_NOW,
        "130472": Refusal.NOT_NOW,  # Meta's experiment holds marketing back from this client
        "4": Refusal.SLOW_DOWN,
        "80007": Refusal.SLOW_DOWN,
        "130429": Refusal.SLOW_DOWN,
        "131056": Refusal.SLOW_DOWN,
        "131048": Refusal.STOPPED,
        "368": Refusal.STOPPED,
        "131031": Refusal.STOPPED,
        "131042": Refusal.STOPPED,  # payment
        "132001": Refusal.TEMPLATE,
        "132015": Refusal.TEMPLATE,
        "132016": Refusal.TEMPLATE,
    },
}
ACCOUNT_STOPPED = "account_stopped"
"""Our own code: the account was stopped between the writing and the sending. No incident of its own."""
LATE = "late"
"""Our own code: it lay in the queue until its hour was over; a new minute is taken for it."""
LOST = "lost"
"""Our own code: in doubt for hours, and the operator says that it did not arrive."""
OURS = {ACCOUNT_STOPPED: Refusal.STOPPED, LATE: Refusal.NOT_NOW, LOST: Refusal.MESSAGE}


def refusal(channel: ChannelKind, code: str) -> Refusal:
    return CODES.get(channel, {}).get(code) or OURS.get(code, Refusal.MESSAGE)
