"""ResumeAccount: the owner has looked into what stopped an account; its limits begin anew from the coldest level."""

from comeback.changes import Audited, ChangeAccount
from comeback.conversations.model import Account, ChannelKind
from comeback.errors import NotFound
from comeback.ports import Clock, Store
from comeback.reactivation.account_health import standing


class ResumeAccount:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def run(self, company_id: str, channel: ChannelKind, user_id: str) -> Account:
        """Incidents before this moment stop it no more; one that is not stopped stays as it is. Raises NotFound for an account
        that was never used."""
        account, now = self._store.accounts(company_id).get(channel), self._clock.now()
        if account is None:
            raise NotFound(f"account {channel.value}")
        if not standing(account, now).stopped_by:
            return account
        self._store.commit(
            [
                ChangeAccount(company_id, channel, now, resumed_at=now),
                Audited(company_id, now, user_id, "today.reset_account", channel.value),
            ]
        )
        return self._store.accounts(company_id)[channel]
