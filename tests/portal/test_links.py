"""Tokens, nonces and signed texts: what was changed in any way is refused, before the database is asked."""

import random
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from notifications.models import Invitation
from portal import links
from portal.config import Config

OLD, NEW = "the-older-key-of-the-installation-01", "the-newer-key-of-the-installation-02"


def config(*keys: str) -> Config:
    return Config(_env_file=None, secret_keys=keys or (NEW,), public_url="http://127.0.0.1:8000")


def invitation(key: int) -> Invitation:
    return Invitation(key=key)


def refused(portal_links: links.PortalLinks, token: str) -> bool:
    try:
        portal_links.key(token)
    except links.BadToken:
        return True
    return False


@pytest.fixture
def signing() -> Any:
    """An application context with settings and nothing else: signing asks for no database."""
    app = Flask("signing")
    app.config["PORTAL"] = config()
    with app.app_context():
        yield app


@given(st.integers(0, 2**40 - 1))
def test_a_token_names_its_invitation(key: int) -> None:
    portal_links = links.PortalLinks(config())
    token = portal_links.token(invitation(key))
    assert len(token) == 24
    assert token.isalnum()
    assert portal_links.key(token) == key


def test_the_address_is_the_public_one() -> None:
    portal_links = links.PortalLinks(config())
    row = invitation(7)
    assert portal_links.invitation(row) == f"http://127.0.0.1:8000/c/{portal_links.token(row)}"


@pytest.mark.parametrize("key", [0, 1, 2**39, 2**40 - 1, 123_456_789_012])
def test_every_change_of_one_character_is_refused(key: int) -> None:
    portal_links = links.PortalLinks(config())
    token = portal_links.token(invitation(key))
    for place in range(len(token)):
        for character in links.DIGITS + "=é-_. ٣\n":
            changed = token[:place] + character + token[place + 1 :]
            assert changed == token or refused(portal_links, changed), (place, character)
        assert refused(portal_links, token[:place] + token[place + 1 :])


@pytest.mark.parametrize("tail", ["=", "é", "\n", " ", "A", "\0", "/", "A" * 5000])
def test_nothing_may_follow_or_precede(tail: str) -> None:
    portal_links = links.PortalLinks(config())
    token = portal_links.token(invitation(5))
    assert refused(portal_links, token + tail)
    assert refused(portal_links, tail + token)


def test_random_tokens_are_refused() -> None:
    portal_links, dice = links.PortalLinks(config()), random.Random(1)
    assert all(refused(portal_links, "".join(dice.choices(links.DIGITS, k=24))) for _ in range(2000))


def test_what_exceeds_the_bits_is_refused() -> None:
    """24 digits can say more than 17 bytes: the same bytes plus a multiple of 2**136 must not pass."""
    portal_links = links.PortalLinks(config())
    number = sum(
        links.DIGITS.index(digit) * 62**place for place, digit in enumerate(reversed(portal_links.token(invitation(5))))
    )
    alias, text = number + 2**136, ""
    for _ in range(24):
        alias, digit = divmod(alias, 62)
        text = links.DIGITS[digit] + text
    assert refused(portal_links, text)


def test_a_retired_key_is_refused_and_an_old_one_still_opens() -> None:
    row = invitation(99)
    token = links.PortalLinks(config(OLD)).token(row)
    assert links.PortalLinks(config(NEW, OLD)).key(token) == 99
    assert links.PortalLinks(config(NEW, OLD)).token(row) == links.PortalLinks(config(NEW)).token(row)
    assert refused(links.PortalLinks(config(NEW)), token)


def test_a_wrong_token_dies_before_any_query(signing: Flask) -> None:
    database = cast("Session", SimpleNamespace())  # every use of it would raise
    with pytest.raises(links.BadToken):
        links.open_invitation(database, "A" * 24)


def test_a_signed_key_without_an_invitation_is_as_bad(app: Flask, session: Session) -> None:
    with pytest.raises(links.BadToken):
        links.open_invitation(session, links.of_this_portal().token(invitation(12)))


@pytest.mark.parametrize(
    ("key", "action", "generation", "tail"),
    [(2, "1.confirm", "3", ""), (1, "1.undo", "3", ""), (1, "2.confirm", "3", ""), (1, "1.confirm", "4", "")]
    + [(1, "1.confirm", "3", tail) for tail in ("=", "é", "A", "\n")],
)
def test_a_nonce_is_bound(signing: Flask, key: int, action: str, generation: str, tail: str) -> None:
    """To the invitation, to the visit and action, and to the promise that was shown."""
    nonce = links.nonce(invitation(1), "1.confirm", "3")
    assert links.nonce_fits(nonce, invitation(1), "1.confirm", "3")
    assert not links.nonce_fits(nonce + tail, invitation(key), action, generation)
    assert not links.nonce_fits("", invitation(1), "1.confirm", "3")


@given(st.text(max_size=60))
def test_a_signed_text_comes_back(text: str) -> None:
    app = Flask("signing")
    app.config["PORTAL"] = config()
    with app.app_context():
        assert links.unsign(links.sign(text, "sign-in"), "sign-in") == text


def test_a_signed_text_holds_for_one_purpose_and_unchanged(signing: Flask) -> None:
    signed = links.sign("3.key", "sign-in")
    changes = {signed[:place] + "A" + signed[place + 1 :] for place in range(len(signed))} - {signed}
    for wrong in (*changes, signed + "=", signed + "é", signed + "A", "", "."):
        with pytest.raises(links.BadToken):
            links.unsign(wrong, "sign-in")
    with pytest.raises(links.BadToken):
        links.unsign(signed, "password")
