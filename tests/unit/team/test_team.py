"""Owners invite, change and remove; never across companies, never the last owner. On moto's Cognito."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from comeback.errors import Conflict, InvalidInput, NotFound, Unavailable
from comeback.runtime.team import CognitoTeam
from comeback.team.model import Member, Role, Standing
from comeback.team.team import Team
from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID

from tests.fakes.clock import FixedClock
from tests.fakes.store import FakeStore
from tests.unit.team.conftest import signed_in

ACROSS = pytest.mark.fault("an owner names another company's user", "as if there were none")
LAST = pytest.mark.fault("two owners demote each other at one moment", "one at least remains")


@pytest.fixture
def owner(people: CognitoTeam) -> str:
    signed_in(people, "salon2", "boris@example.com", Role.OWNER)
    return signed_in(people, "salon", "anna@example.com", Role.OWNER)


def told(store: FakeStore) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(a.operation, a.target, a.fields) for a in store.audit("salon", "", 50)]


def test_an_invitation_is_sent_and_listed(team: Team, owner: str, store: FakeStore) -> None:
    made = team.invite("salon", owner, "Vera@Example.com", Role.VIEWER, "ru", "key-1")
    assert (made.email, made.role, made.standing) == (
        "vera@example.com",
        Role.VIEWER,
        Standing.INVITED,
    )
    assert [m.email for m in team.members("salon")] == ["anna@example.com", "vera@example.com"]
    assert team.member("salon", made.user_id) == made
    assert told(store) == [("team.invite", "key-1", ("email", "role"))]


def test_a_repeated_invitation_is_the_same(team: Team, owner: str, store: FakeStore) -> None:
    once = team.invite("salon", owner, "vera@example.com", Role.VIEWER, "ru", "key-1")
    assert team.invite("salon", owner, "vera@example.com", Role.VIEWER, "ru", "key-1") == once
    assert len(told(store)) == 1


def its_answer_is_lost(people: CognitoTeam, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user is made, and the SDK asks again."""
    create = people._cognito.admin_create_user

    def twice(**asked: Any) -> Any:
        create(**asked)
        return create(**asked)

    monkeypatch.setattr(people._cognito, "admin_create_user", twice)


@pytest.mark.fault("the answer to an invitation is lost", "whoever was invited is shown")
def test_an_invitation_whose_answer_was_lost_is_one(
    people: CognitoTeam, store: FakeStore, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    its_answer_is_lost(people, monkeypatch)
    team = Team(store, people, FixedClock(datetime.now(UTC)))
    made = team.invite("salon", owner, "Vera@example.com", Role.VIEWER, "ru", "key-1")
    assert (made.email, made.standing) == ("vera@example.com", Standing.INVITED)


@pytest.mark.parametrize(
    ("company", "role", "later"),
    [
        ("salon", Role.VIEWER, timedelta(minutes=2)),
        ("salon", Role.OWNER, timedelta()),
        ("salon2", Role.VIEWER, timedelta()),
    ],
    ids=["before", "as-another", "elsewhere"],
)
def test_who_was_invited_otherwise_has_an_account(
    people: CognitoTeam, store: FakeStore, owner: str, company: str, role: Role, later: timedelta
) -> None:
    people.invite(company, "vera@example.com", role, "ru")
    team = Team(store, people, FixedClock(datetime.now(UTC) + later))
    with pytest.raises(InvalidInput):
        team.invite("salon", owner, "vera@example.com", Role.VIEWER, "ru", "key-1")


@pytest.mark.parametrize("email", ["anna@example.com", "boris@example.com"])
def test_who_has_an_account_is_not_invited(team: Team, owner: str, email: str) -> None:
    """Whichever company's: a user belongs to one."""
    with pytest.raises(InvalidInput) as refused:
        team.invite("salon", owner, email, Role.OWNER, "ru", "key-1")
    assert refused.value.field == "email"
    assert {m.company_id for m in team.members("salon2")} == {"salon2"}


def test_only_who_never_came_is_invited_again(team: Team, owner: str) -> None:
    made = team.invite("salon", owner, "vera@example.com", Role.VIEWER, "ru", "key-1")
    team.invite_again("salon", owner, made.user_id)
    with pytest.raises(InvalidInput):
        team.invite_again("salon", owner, owner)


def test_a_role_is_changed(team: Team, people: CognitoTeam, owner: str, store: FakeStore) -> None:
    vera = signed_in(people, "salon", "vera@example.com", Role.VIEWER)
    assert team.give("salon", owner, vera, Role.OWNER).role is Role.OWNER
    assert team.give("salon", vera, owner, Role.MANAGER).role is Role.MANAGER
    assert team.member("salon", owner).role is Role.MANAGER
    assert ("team.give", owner, ("role",)) in told(store)


def test_who_is_removed_is_gone(team: Team, people: CognitoTeam, owner: str) -> None:
    vera = signed_in(people, "salon", "vera@example.com", Role.OWNER)
    team.remove("salon", owner, vera)
    assert [m.user_id for m in team.members("salon")] == [owner]
    with pytest.raises(NotFound):
        team.remove("salon", owner, vera)


@pytest.mark.parametrize("other", [None, Role.MANAGER])
def test_the_last_owner_stays(
    team: Team, people: CognitoTeam, owner: str, other: Role | None, store: FakeStore
) -> None:
    """Neither another company's owner nor an invited one counts."""
    people.invite("salon", "invited@example.com", Role.OWNER, "en")
    if other:
        signed_in(people, "salon", "vera@example.com", other)
    for call in (
        lambda: team.give("salon", owner, owner, Role.VIEWER),
        lambda: team.remove("salon", owner, owner),
    ):
        with pytest.raises(InvalidInput, match="last owner"):
            call()
    assert team.member("salon", owner).role is Role.OWNER
    assert told(store) == []


@LAST
@pytest.mark.parametrize("how", ["give", "remove"])
def test_two_owners_who_demote_each_other(
    team: Team, people: CognitoTeam, owner: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vera = signed_in(people, "salon", "vera@example.com", Role.OWNER)
    real = people.give

    def meanwhile(member: Member, role: Role) -> None:
        monkeypatch.setattr(people, "give", real)
        real(people.member("salon", owner), Role.VIEWER)
        real(member, role)

    monkeypatch.setattr(people, "give", meanwhile)
    changes: dict[str, Callable[[], object]] = {
        "give": lambda: team.give("salon", owner, vera, Role.VIEWER),
        "remove": lambda: team.remove("salon", owner, vera),
    }
    with pytest.raises(Conflict):
        changes[how]()
    assert team.member("salon", vera).role is Role.OWNER


@ACROSS
def test_another_companys_user_is_nobody(team: Team, people: CognitoTeam, owner: str) -> None:
    boris = people.members("salon2")[0]
    for call in (
        lambda: team.member("salon", boris.user_id),
        lambda: team.give("salon", owner, boris.user_id, Role.VIEWER),
        lambda: team.remove("salon", owner, boris.user_id),
        lambda: team.forget_totp("salon", owner, boris.user_id),
        lambda: team.invite_again("salon", owner, boris.user_id),
    ):
        with pytest.raises(NotFound):
            call()
    assert people.member("salon2", boris.user_id) == boris


def test_a_lost_phone_is_forgotten(
    team: Team, people: CognitoTeam, owner: str, cognito: Any, store: FakeStore
) -> None:
    pool = people._pool_id
    users = get_backend("cognito-idp")[DEFAULT_ACCOUNT_ID]["us-east-1"].user_pools[pool].users
    users[owner].token_verified = True  # as if she had typed a code
    on = {"Enabled": True, "PreferredMfa": True}
    cognito.admin_set_user_mfa_preference(
        UserPoolId=pool, Username=owner, SoftwareTokenMfaSettings=on
    )
    assert cognito.admin_get_user(UserPoolId=pool, Username=owner)["UserMFASettingList"]
    team.forget_totp("salon", owner, owner)
    found = cognito.admin_get_user(UserPoolId=pool, Username=owner)
    assert not found.get("UserMFASettingList")
    assert told(store) == [("team.forget_totp", owner, ())]


def test_more_than_a_page_are_found(
    team: Team, people: CognitoTeam, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from comeback.runtime import team as adapter

    monkeypatch.setattr(adapter, "PAGE", 1)
    signed_in(people, "salon", "vera@example.com", Role.VIEWER)
    assert len(team.members("salon")) == 2


def test_a_pool_that_is_not_there_is_told_without_a_word_of_the_user(cognito: Any) -> None:
    people = CognitoTeam(cognito, "us-east-1_none")
    with pytest.raises(Unavailable) as told:
        people.invite("salon", "anna@example.com", Role.VIEWER, "en")
    assert "anna" not in str(told.value)
