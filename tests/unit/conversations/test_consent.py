"""Consent: asked before any offer, tied to the person, never taken from a start or an unblock."""

from dataclasses import replace
from datetime import timedelta

import pytest
from comeback.changes import BindAddress, SaveClient, SaveConsent
from comeback.clients.model import Client, Consent, may_market, opted_out
from comeback.conversations import links
from comeback.conversations.model import Address, ChannelKind, Purpose
from comeback.rotation import LINK, rotated

from tests.unit.conversations.conftest import CHAT, PHONE, SECRET, Salon
from tests.unit.conversations.inbound import (
    blocked,
    pressed,
    receive,
    started,
    texts,
    wrote,
)

OWN_CHAT = Address(ChannelKind.TELEGRAM, "777")
BORIS = Client("salon", "boris", "Борис", "+79990000002")


def link(client_id: str, secret: str = SECRET) -> str:
    return links.payload("salon", client_id, secret)


@pytest.fixture
def boris(salon: Salon) -> Salon:
    """Known from the CRM, in no messenger yet."""
    salon.store.commit([SaveClient(BORIS)])
    return salon


def test_a_link_ties_the_account_to_its_client_and_asks(boris: Salon) -> None:
    receive(boris, started(boris, link("boris"), OWN_CHAT))
    assert boris.store.client_at("salon", OWN_CHAT) == "boris"
    assert boris.file("boris").client.addresses == (OWN_CHAT,)
    (asked,) = boris.store.messages("salon", "boris")
    assert "Salon" in asked.content.text
    assert [b.title for b in asked.content.buttons] == ["Да, пишите", "Нет, спасибо"]


def test_starting_is_consent_to_be_answered_not_to_marketing(boris: Salon) -> None:
    receive(boris, started(boris, link("boris"), OWN_CHAT))
    (consent,) = boris.file("boris").consents
    assert (consent.purpose, consent.granted) == (Purpose.SERVICE, True)
    assert (consent.source, consent.text_version) == ("telegram_start", "consent-v1")
    assert not may_market((consent,), ChannelKind.TELEGRAM)


@pytest.mark.parametrize(("button", "may"), [("consent:yes", True), ("consent:no", False)])
def test_the_button_decides(boris: Salon, button: str, may: bool) -> None:
    receive(boris, started(boris, link("boris"), OWN_CHAT))
    boris.clock.advance(seconds=5)
    receive(boris, replace(pressed(boris, button), address=OWN_CHAT))
    assert may_market(boris.file("boris").consents, ChannelKind.TELEGRAM) is may
    assert not may_market(boris.file("boris").consents, ChannelKind.WHATSAPP)
    assert len(texts(boris, "boris")) == 2
    assert boris.dialogue.heard == []


def test_without_a_link_the_starter_becomes_a_client(salon: Salon) -> None:
    receive(salon, started(salon, "", OWN_CHAT))
    client_id = salon.store.client_at("salon", OWN_CHAT)
    assert client_id
    assert salon.file(client_id).client.addresses == (OWN_CHAT,)
    assert len(texts(salon, client_id)) == 1
    assert not may_market(salon.file(client_id).consents, ChannelKind.TELEGRAM)


@pytest.mark.parametrize("payload", ["boris", link("boris", "guessed"), "промокод", "-", "a-b-c"])
def test_a_forged_link_names_nobody(boris: Salon, payload: str) -> None:
    receive(boris, started(boris, payload, OWN_CHAT))
    assert boris.store.client_at("salon", OWN_CHAT) not in (None, "boris")
    assert boris.file("boris").client.addresses == ()


@pytest.mark.fault("secrets rotated under traffic", "nothing refused; the old ends later")
@pytest.mark.parametrize(
    ("days", "signed_with", "bound"), [(0, SECRET, True), (0, "own", True), (1, SECRET, False)]
)
def test_links_get_a_secret_of_their_own_while_old_ones_are_about(
    boris: Salon, days: int, signed_with: str, bound: bool
) -> None:
    ends = boris.clock.now() + timedelta(days=1)
    boris.secrets = rotated(boris.secrets, LINK, "own", ends)
    boris.clock.advance(days=days)
    receive(boris, started(boris, link("boris", signed_with), OWN_CHAT))
    assert (boris.store.client_at("salon", OWN_CHAT) == "boris") is bound


def test_a_link_of_a_client_who_was_erased_makes_a_newcomer(salon: Salon) -> None:
    receive(salon, started(salon, link("gone"), OWN_CHAT))
    assert salon.store.client_at("salon", OWN_CHAT) not in (None, "gone")


def test_starting_again_asks_again_and_binds_nothing_anew(salon: Salon) -> None:
    receive(salon, started(salon))
    written = salon.store.commits[-1]
    assert not [c for c in written if isinstance(c, BindAddress | SaveClient)]
    assert len(texts(salon)) == 1


def test_a_link_followed_twice_is_bound_once(boris: Salon) -> None:
    event = started(boris, link("boris"), OWN_CHAT)
    receive(boris, event, event)
    assert boris.file("boris").client.version == 2
    assert len(texts(boris, "boris")) == 1


# ── an account that changes hands ────────────────────────────────────────────────────────────────


def test_who_had_the_account_before_loses_it(boris: Salon) -> None:
    receive(boris, started(boris, link("boris"), CHAT))
    assert boris.store.client_at("salon", CHAT) == "boris"
    assert boris.file("anna").client.addresses == (PHONE,)
    assert boris.file("boris").client.addresses == (CHAT,)


def test_a_no_follows_the_person_and_a_yes_does_not(boris: Salon) -> None:
    receive(boris, wrote(boris, "stop"))
    boris.clock.advance(days=1)
    receive(boris, started(boris, link("boris"), CHAT, "e9"))
    consents = boris.file("boris").consents
    assert opted_out(consents)
    assert not [c for c in consents if c.granted and c.purpose is Purpose.MARKETING]


def test_a_new_account_takes_the_place_of_the_old_in_its_channel(salon: Salon) -> None:
    receive(salon, started(salon, link("anna"), OWN_CHAT))
    assert set(salon.file().client.addresses) == {PHONE, OWN_CHAT}


# ── a block, and what undoes it ──────────────────────────────────────────────────────────────────


def test_coming_back_after_a_block_asks_anew(salon: Salon) -> None:
    receive(salon, blocked(salon))
    salon.clock.advance(days=1)
    receive(salon, started(salon))
    assert opted_out(salon.file().consents)
    salon.clock.advance(minutes=1)
    receive(salon, pressed(salon, "consent:yes"))
    assert may_market(salon.file().consents, ChannelKind.TELEGRAM)
    assert not may_market(salon.file().consents, ChannelKind.WHATSAPP)


def test_words_that_only_begin_like_the_command_are_words(salon: Salon) -> None:
    receive(salon, wrote(salon, "/startle me"))
    assert len(salon.dialogue.heard) == 1


def test_the_clients_own_language_wins(boris: Salon) -> None:
    english = replace(boris.file("boris").client, language="en")
    no = Consent(Purpose.MARKETING, False, boris.clock.now(), "x", "v1")
    boris.store.commit([SaveClient(english), SaveConsent("salon", "boris", no)])
    receive(boris, started(boris, link("boris"), OWN_CHAT))
    assert texts(boris, "boris")[0].startswith("Hello! This is Salon.")
