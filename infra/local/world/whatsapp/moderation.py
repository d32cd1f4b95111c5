"""What Meta does to a business's account, and how the business hears of it (webhooks reference, May 2026)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from world.whatsapp.model import Account, Template

if TYPE_CHECKING:
    from world.whatsapp.state import WhatsAppState

RATED: Mapping[str, str] = {"FLAGGED": "RED", "UNFLAGGED": "GREEN"}
STATUS: Mapping[str, str] = {"REINSTATED": "APPROVED", "UNARCHIVED": "APPROVED", "FLAGGED": ""}
"""What a template's event makes of its status, where that is not the same word; empty: nothing."""
POLICY, LOCKED = 368, 131031
NO_MESSAGES = ("RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTED_CUSTOMER_INITIATED_MESSAGING")
NUMBERS_PER_WABA = 25


def rate(state: "WhatsAppState", account: Account, event: str) -> None:
    """FLAGGED | UNFLAGGED, or another event of the number that leaves its quality as it was."""
    account.quality = RATED.get(event, account.quality)
    told = {"display_phone_number": account.metadata()["display_phone_number"], "event": event}
    limits = {
        "current_limit": account.limit(),
        "max_daily_conversations_per_business": account.limit(),
    }
    state.notify(account, {**told, **limits}, "phone_number_quality_update", _lane(account))


def limit(state: "WhatsAppState", account: Account, tier: int) -> None:
    """Another messaging limit; 0 is none."""
    account.tier = tier
    told = {
        "max_daily_conversations_per_business": account.limit(),
        "max_phone_numbers_per_waba": NUMBERS_PER_WABA,
    }
    state.notify(account, told, "business_capability_update", _lane(account))


def judge(state: "WhatsAppState", account: Account, template: Template, event: str) -> None:
    """Approves, pauses, disables … a template."""
    template.status = STATUS.get(event, event) or template.status
    told = {
        "event": event,
        "message_template_id": int(template.template_id),
        "message_template_name": template.name,
        "message_template_language": template.language,
        "message_template_category": template.category,
        "reason": "NONE",
    }
    state.notify(account, told, "message_template_status_update", _lane(account))


def restrict(state: "WhatsAppState", account: Account, *kinds: str) -> None:
    """Without one that forbids messages they go on as before."""
    account.refusal = POLICY if set(kinds) & set(NO_MESSAGES) else account.refusal
    expires = int(state.stamp()) + 7 * 86400
    restrictions = [{"restriction_type": kind, "expiration": expires} for kind in kinds]
    _update(state, account, "ACCOUNT_RESTRICTION", {"restriction_info": restrictions})


def ban(state: "WhatsAppState", account: Account, ban_state: str) -> None:
    """DISABLE | SCHEDULE_FOR_DISABLE | REINSTATE, which also ends restrictions."""
    account.refusal = {"DISABLE": LOCKED, "REINSTATE": 0}.get(ban_state, account.refusal)
    on = f"{state.world.clock.now():%B %-d, %Y}"
    told = {"waba_ban_state": ban_state, "waba_ban_date": on}
    _update(state, account, "DISABLED_UPDATE", {"ban_info": told})


def warn(state: "WhatsAppState", account: Account, violation: str) -> None:
    """Of a policy that was violated; messages go on."""
    told = {"violation_info": {"violation_type": violation}}
    _update(state, account, "ACCOUNT_VIOLATION", told)


def _update(state: "WhatsAppState", account: Account, event: str, more: Mapping[str, Any]) -> None:
    state.notify(account, {"event": event, **more}, "account_update", _lane(account))


def _lane(account: Account) -> str:
    return f"whatsapp:{account.waba_id}"
